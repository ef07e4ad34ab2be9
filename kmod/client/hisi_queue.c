/* SPDX-License-Identifier: Apache-2.0 */
/* One queue of the interface hisi_qm_v3 or hisi_qm_v2. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "hisi.h"
#include "internal.h"
#include "ring.h"

struct hisi_queue {
	/* First: what ring_format's functions get is the whole of it. */
	struct ring ring;
	uint16_t number;
};

int hisi_find(const char *path, const char *operation, const char *id,
	      struct swclient_function *found)
{
	static const char *const apis[] = {
		SWHISI_API_VER3, SWHISI_API_VER2, NULL,
	};

	return swclient_find_api(path, apis, operation, id, found);
}

static void tell(struct ring *ring, unsigned int command, uint32_t index)
{
	uint16_t number = ((const struct hisi_queue *)ring)->number;

	store_doorbell(ring->doorbell + SWHISI_DOORBELL,
		       SWHISI_DOORBELL_VALUE(number, command, index));
}

static void tell_tail(struct ring *ring)
{
	tell(ring, SWHISI_DOORBELL_SUBMISSION, ring->tail);
}

static void tell_head(struct ring *ring)
{
	tell(ring, SWHISI_DOORBELL_COMPLETION, ring->head);
}

/* The last words of the region. */
static bool is_disabled(const struct ring *ring)
{
	const uint32_t *end = (const void *)(ring->memory + ring->memory_size);

	return __atomic_load_n(end - 2, __ATOMIC_ACQUIRE) == 1;
}

/* The results are in the descriptor's own slot. */
static int look(struct ring *ring, void *descriptor)
{
	const struct swhisi_completion *slot;

	slot = (const void *)(ring->memory +
			      (size_t)ring->depth * HISI_DESCRIPTOR);
	slot += ring->head;
	if ((__atomic_load_n(&slot->phase, __ATOMIC_ACQUIRE) & SWHISI_PHASE) !=
	    ring->phase)
		return is_disabled(ring) ? -EIO : 0;
	if (slot->submission_head >= ring->depth)
		return -EPROTO;
	memcpy(descriptor,
	       ring->memory + (size_t)slot->submission_head * HISI_DESCRIPTOR,
	       HISI_DESCRIPTOR);
	return 1;
}

static const struct ring_format format = {
	.descriptor = HISI_DESCRIPTOR,
	.tell_tail = tell_tail,
	.look = look,
	.tell_head = tell_head,
};

static int configure(struct hisi_queue *queue, const char *node,
		     unsigned int direction)
{
	struct swhisi_qp_ctx ctx = { .direction = (uint16_t)direction };
	struct swhisi_qp_info info = { 0 };
	struct ring *ring = &queue->ring;

	if (ioctl(ring->file, SWHISI_CMD_SET_QP_CTX, &ctx) ||
	    ioctl(ring->file, SWHISI_CMD_SET_QP_INFO, &info))
		return swclient_fail(errno, "%s: not a hisi_qm queue: %s", node,
				     strerror(errno));
	if (info.descriptor_size != HISI_DESCRIPTOR ||
	    info.submission_depth != info.completion_depth)
		return swclient_fail(EPROTO, "%s: another kind of queue", node);
	queue->number = ctx.id;
	ring->depth = info.submission_depth;
	/* The rings, and a status word for each of them. */
	ring->memory_size = (size_t)ring->depth *
			    (HISI_DESCRIPTOR +
			     sizeof(struct swhisi_completion)) +
			    2 * sizeof(uint32_t);
	ring->doorbell_size = SWHISI_DOORBELL + sizeof(uint64_t);
	return 0;
}

static int start(struct hisi_queue *queue, const char *node,
		 unsigned int direction)
{
	int ret = ring_open(&queue->ring, &format, node);

	if (!ret)
		ret = configure(queue, node, direction);
	return ret ? ret : ring_start(&queue->ring, node);
}

struct hisi_queue *hisi_open(const char *node, unsigned int direction)
{
	struct hisi_queue *queue = calloc(1, sizeof(*queue));

	if (!queue) {
		swclient_fail(ENOMEM, "no memory");
		return NULL;
	}
	if (!start(queue, node, direction))
		return queue;
	hisi_close(queue);
	return NULL;
}

void hisi_close(struct hisi_queue *queue)
{
	if (!queue)
		return;
	ring_close(&queue->ring);
	free(queue);
}

uint32_t hisi_depth(const struct hisi_queue *queue)
{
	return queue->ring.depth - 1;
}

int hisi_submit(struct hisi_queue *queue, const void *descriptor)
{
	return ring_submit(&queue->ring, descriptor);
}

int hisi_wait(struct hisi_queue *queue, int timeout_ms, void *descriptor)
{
	return ring_wait(&queue->ring, timeout_ms, descriptor);
}

int hisi_execute(struct hisi_queue *queue, int timeout_ms, void *descriptor)
{
	int ret = hisi_submit(queue, descriptor);

	return ret ? ret : hisi_wait(queue, timeout_ms, descriptor);
}
