// SPDX-License-Identifier: GPL-2.0
/*
 * The queue formats "hisi_qm_v3" and "hisi_qm_v2"; <uapi/misc/uacce/swhisi.h>
 * describes them. Descriptors are the engines'.
 */
#include <linux/errno.h>
#include <linux/math.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <uapi/misc/uacce/swaccel.h>
#include <uapi/misc/uacce/swhisi.h>

#include "device.h"
#include "engine.h"
#include "queue.h"

#define DESCRIPTOR_SIZE		128
#define DOORBELL_SIZE		0x2000

static bool doorbell_is_good(const struct swaccel_queue *queue, u32 offset,
			     u32 size, u64 value)
{
	return offset == SWHISI_DOORBELL && size == sizeof(u64) &&
	       (value & SWACCEL_MAX_NUMBER) == queue->number &&
	       (value >> 12 & 0xf) <= SWHISI_DOORBELL_COMPLETION &&
	       (value >> 32 & 0xffff) < queue->depth;
}

/* Whether completions shall interrupt is of no interest: poll() always wakes. */
static void doorbell(struct swaccel_queue *queue, u32 offset, u32 size,
		     u64 value)
{
	u32 index = value >> 32 & 0xffff;

	if (!doorbell_is_good(queue, offset, size, value)) {
		atomic64_inc(&queue->device->counters.bad_doorbells);
		swaccel_disable(queue, SWACCEL_QUEUE_BAD_DOORBELL);
		return;
	}
	if ((value >> 12 & 0xf) == SWHISI_DOORBELL_COMPLETION)
		WRITE_ONCE(queue->completion_head, index);
	else
		/* Pairs with has_work(): descriptors come before the index. */
		smp_store_release(&queue->submission_tail, index);
}

static void execute(struct swaccel_queue *queue, void *descriptor, void *slot)
{
	const struct swaccel_engine *engine = queue->device->engine;
	int ret = -EIO;

	if (!swaccel_take_failure(queue->device))
		ret = engine->execute(queue, descriptor);
	if (ret)
		engine->report(descriptor, ret);
	queue->status = ret;
	/* User space takes its descriptor back, with the results in it. */
	memcpy(slot, descriptor, DESCRIPTOR_SIZE);
}

static void complete_slot(struct swaccel_queue *queue, void *slot,
			  u32 submission_head)
{
	struct swhisi_completion *completion = slot;

	completion->submission_head = submission_head;
	completion->queue = queue->number;
}

static void set_phase(void *slot, bool phase)
{
	struct swhisi_completion *completion = slot;

	/* User space reads the phase first: all else is there by then. */
	smp_store_release(&completion->phase, phase ? SWHISI_PHASE : 0);
}

/* One word for submissions, one for completions. */
static void write_state(void *end, u32 error)
{
	u32 *state = end;

	WRITE_ONCE(state[-1], error ? 1 : 0);
	WRITE_ONCE(state[-2], error ? 1 : 0);
}

static long set_qp_ctx(struct swaccel_queue *queue, void __user *argument)
{
	struct swhisi_qp_ctx ctx;

	if (copy_from_user(&ctx, argument, sizeof(ctx)))
		return -EFAULT;
	if (ctx.direction > 1)
		return -EINVAL;
	WRITE_ONCE(queue->direction, ctx.direction);
	ctx.id = queue->number;
	return copy_to_user(argument, &ctx, sizeof(ctx)) ? -EFAULT : 0;
}

static long set_qp_info(struct swaccel_queue *queue, void __user *argument)
{
	const struct swhisi_qp_info info = {
		.descriptor_size	= DESCRIPTOR_SIZE,
		.submission_depth	= queue->depth,
		.completion_depth	= queue->depth,
	};

	return copy_to_user(argument, &info, sizeof(info)) ? -EFAULT : 0;
}

static long ioctl(struct swaccel_queue *queue, unsigned int command,
		  unsigned long argument)
{
	switch (command) {
	case SWHISI_CMD_SET_QP_CTX:
		return set_qp_ctx(queue, (void __user *)argument);
	case SWHISI_CMD_SET_QP_INFO:
		return set_qp_info(queue, (void __user *)argument);
	default:
		return -ENOTTY;
	}
}

#define QM_FORMAT(name, number)						\
	{								\
		.api			= (name),			\
		.version		= (number),			\
		.descriptor_size	= DESCRIPTOR_SIZE,		\
		.completion_size	= sizeof(struct swhisi_completion), \
		.state_size		= 2 * sizeof(u32),		\
		.doorbell_pages		= DIV_ROUND_UP(DOORBELL_SIZE, PAGE_SIZE), \
		.doorbell		= doorbell,			\
		.execute		= execute,			\
		.complete		= complete_slot,		\
		.set_phase		= set_phase,			\
		.write_state		= write_state,			\
		.ioctl			= ioctl,			\
	}

const struct swaccel_format swaccel_format_qm_v2 =
	QM_FORMAT(SWHISI_API_VER2, 2);
const struct swaccel_format swaccel_format_qm_v3 =
	QM_FORMAT(SWHISI_API_VER3, 3);
