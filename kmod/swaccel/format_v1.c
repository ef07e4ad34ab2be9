// SPDX-License-Identifier: GPL-2.0
/* The queue format "swaccel_v1"; <uapi/misc/uacce/swaccel.h> describes it. */
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <uapi/misc/uacce/swaccel.h>

#include "device.h"
#include "queue.h"

static void doorbell(struct swaccel_queue *queue, u32 offset, u32 size,
		     u64 value)
{
	u32 tail = value & 0xffff;
	u32 head = value >> 16;

	if (offset || size != sizeof(u64) || value >> 32 ||
	    tail >= queue->depth || head >= queue->depth) {
		atomic64_inc(&queue->device->counters.bad_doorbells);
		swaccel_disable(queue, SWACCEL_QUEUE_BAD_DOORBELL);
		return;
	}
	WRITE_ONCE(queue->completion_head, head);
	/* Pairs with has_work(): the descriptors come before the index. */
	smp_store_release(&queue->submission_tail, tail);
}

static u32 status_of(int error)
{
	switch (error) {
	case 0:
		return SWACCEL_OK;
	case -EFAULT:
		return SWACCEL_BAD_ADDRESS;
	case -ESRCH:
		return SWACCEL_NO_ADDRESS_SPACE;
	case -EBADMSG:
		return SWACCEL_BAD_DATA;
	case -EBADE:
		return SWACCEL_BAD_CHECKSUM;
	case -ENOSPC:
		return SWACCEL_NO_ROOM;
	case -ENOMEM:
		return SWACCEL_NO_MEMORY;
	case -ECANCELED:
		return SWACCEL_CANCELLED;
	case -EINVAL:
		return SWACCEL_BAD_DESCRIPTOR;
	default:
		return SWACCEL_DEVICE_ERROR;
	}
}

/* Fields that the operation does not use must be zero. */
static bool has_stray_fields(const struct swaccel_descriptor *from, u8 uses)
{
	if (from->flags || from->reserved[0] || from->reserved[1] ||
	    from->reserved[2])
		return true;
	if (!(uses & SWACCEL_USES_DESTINATION) &&
	    (from->destination || from->destination_length))
		return true;
	if (!(uses & SWACCEL_USES_KEY) && (from->key || from->key_length))
		return true;
	if (!(uses & SWACCEL_USES_SEED) && from->seed)
		return true;
	return !(uses & SWACCEL_USES_LEVEL) && from->level;
}

static int to_job(struct swaccel_queue *queue,
		  const struct swaccel_descriptor *from,
		  struct swaccel_job *job)
{
	job->operation = swaccel_find_operation(queue->device->engine,
						from->operation);
	if (!job->operation || has_stray_fields(from, job->operation->uses))
		return -EINVAL;
	if (from->source_length > SWACCEL_MAX_LENGTH ||
	    from->destination_length > SWACCEL_MAX_LENGTH ||
	    from->key_length > SWACCEL_MAX_KEY || from->level > 9)
		return -EINVAL;
	if (from->source + from->source_length < from->source ||
	    from->destination + from->destination_length < from->destination)
		return -EFAULT;
	job->source = from->source;
	job->source_length = from->source_length;
	job->destination = from->destination;
	job->room = from->destination_length;
	job->key = from->key;
	job->key_length = from->key_length;
	job->seed = from->seed;
	job->level = from->level;
	return 0;
}

static void execute(struct swaccel_queue *queue, void *descriptor, void *slot)
{
	const struct swaccel_descriptor *from = descriptor;
	struct swaccel_job *job = &queue->job;
	int ret;

	memset(job, 0, sizeof(*job));
	queue->cookie = from->cookie;
	ret = to_job(queue, from, job);
	if (!ret && swaccel_take_failure(queue->device))
		ret = -EIO;
	if (!ret)
		ret = job->operation->run(queue, job);
	if (ret) {
		job->consumed = 0;
		job->produced = 0;
		job->checksum = 0;
	}
	queue->status = status_of(ret);
}

static void complete_slot(struct swaccel_queue *queue, void *slot,
			  u32 submission_head)
{
	struct swaccel_completion *completion = slot;

	completion->cookie = queue->cookie;
	completion->status = queue->status;
	completion->checksum = queue->job.checksum;
	completion->consumed = queue->job.consumed;
	completion->produced = queue->job.produced;
	completion->submission_head = submission_head;
}

static void set_phase(void *slot, bool phase)
{
	struct swaccel_completion *completion = slot;

	/* User space reads the phase first: all else is there by then. */
	smp_store_release(&completion->phase, phase ? SWACCEL_PHASE : 0);
}

static void write_state(void *end, u32 error)
{
	struct swaccel_queue_state *state = end - sizeof(*state);

	WRITE_ONCE(state->error, error);
	/* User space reads the flag first: the reason is there by then. */
	smp_store_release(&state->disabled, error ? 1 : 0);
}

static long queue_info(struct swaccel_queue *queue, unsigned long argument)
{
	const struct swaccel_format *format = queue->format;
	struct swaccel_queue_info info = {
		.depth			= queue->depth,
		.descriptor_size	= format->descriptor_size,
		.completion_size	= format->completion_size,
		.completion_offset	= format->descriptor_size *
					  queue->depth,
		.state_offset		=
			(swaccel_memory_pages(format, queue->depth) <<
			 PAGE_SHIFT) - sizeof(struct swaccel_queue_state),
	};

	if (copy_to_user((void __user *)argument, &info, sizeof(info)))
		return -EFAULT;
	return 0;
}

static long ioctl(struct swaccel_queue *queue, unsigned int command,
		  unsigned long argument)
{
	if (command == SWACCEL_CMD_QUEUE_INFO)
		return queue_info(queue, argument);
	return -ENOTTY;
}

const struct swaccel_format swaccel_format_v1 = {
	.api			= SWACCEL_API_VER1,
	.version		= 1,
	.descriptor_size	= sizeof(struct swaccel_descriptor),
	.completion_size	= sizeof(struct swaccel_completion),
	.state_size		= sizeof(struct swaccel_queue_state),
	.doorbell_pages		= 1,
	.doorbell		= doorbell,
	.execute		= execute,
	.complete		= complete_slot,
	.set_phase		= set_phase,
	.write_state		= write_state,
	.ioctl			= ioctl,
};
