/* SPDX-License-Identifier: Apache-2.0 */
/* One queue of the project's own format. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "internal.h"
#include "ring.h"
#include "swclient.h"

struct swclient_queue {
	/* First: what ring_format's functions get is the whole of it. */
	struct ring ring;
	struct swaccel_queue_info info;
};

static const struct swaccel_queue_info *info_of(const struct ring *ring)
{
	return &((const struct swclient_queue *)ring)->info;
}

/* Both indices are told by one store. */
static void tell(struct ring *ring)
{
	store_doorbell(ring->doorbell + info_of(ring)->doorbell_offset,
		       SWACCEL_DOORBELL(ring->tail, ring->head));
}

/* With the next submission, or before sleep. */
static void tell_later(struct ring *ring)
{
	(void)ring;
}

static int look(struct ring *ring, void *result)
{
	const struct swaccel_queue_info *info = info_of(ring);
	const struct swaccel_queue_state *state;
	const struct swaccel_completion *slot;

	slot = (const void *)(ring->memory + info->completion_offset +
			      (size_t)ring->head * info->completion_size);
	state = (const void *)(ring->memory + info->state_offset);
	if (__atomic_load_n(&slot->phase, __ATOMIC_ACQUIRE) == ring->phase) {
		memcpy(result, slot, sizeof(*slot));
		return 1;
	}
	if (!__atomic_load_n(&state->disabled, __ATOMIC_ACQUIRE))
		return 0;
	return state->error == SWACCEL_QUEUE_REMOVED ? -ENODEV : -EIO;
}

static const struct ring_format format = {
	.descriptor = sizeof(struct swaccel_descriptor),
	.tell_tail = tell,
	.look = look,
	.tell_head = tell_later,
	/* So that poll() waits for something new. */
	.before_sleep = tell,
};

static int start(struct swclient_queue *queue, const char *node)
{
	struct swaccel_queue_info *info = &queue->info;
	int ret = ring_open(&queue->ring, &format, node);

	if (ret)
		return ret;
	if (ioctl(queue->ring.file, SWACCEL_CMD_QUEUE_INFO, info))
		return swclient_fail(errno, "%s: not a %s queue: %s", node,
				     SWACCEL_API_VER1, strerror(errno));
	if (info->descriptor_size != format.descriptor ||
	    info->submission_offset)
		return swclient_fail(EPROTO, "%s: another kind of queue", node);
	queue->ring.depth = info->depth;
	queue->ring.memory_size = info->state_offset +
				  sizeof(struct swaccel_queue_state);
	queue->ring.doorbell_size = info->doorbell_offset + sizeof(uint64_t);
	return ring_start(&queue->ring, node);
}

struct swclient_queue *swclient_open(const char *node)
{
	struct swclient_queue *queue = calloc(1, sizeof(*queue));

	if (!queue) {
		swclient_fail(ENOMEM, "no memory");
		return NULL;
	}
	if (!start(queue, node))
		return queue;
	swclient_close(queue);
	return NULL;
}

void swclient_close(struct swclient_queue *queue)
{
	if (!queue)
		return;
	ring_close(&queue->ring);
	free(queue);
}

uint32_t swclient_depth(const struct swclient_queue *queue)
{
	return queue->ring.depth - 1;
}

int swclient_submit(struct swclient_queue *queue,
		    const struct swaccel_descriptor *descriptor)
{
	return ring_submit(&queue->ring, descriptor);
}

int swclient_wait(struct swclient_queue *queue, int timeout_ms,
		  struct swaccel_completion *completion)
{
	return ring_wait(&queue->ring, timeout_ms, completion);
}

int swclient_execute(struct swclient_queue *queue,
		     const struct swaccel_descriptor *descriptor,
		     int timeout_ms, struct swaccel_completion *completion)
{
	int ret = swclient_submit(queue, descriptor);

	return ret ? ret : swclient_wait(queue, timeout_ms, completion);
}
