/* SPDX-License-Identifier: Apache-2.0 */
/* One queue of the interface hisi_qm_v3. */
#include <errno.h>
#include <fcntl.h>
#include <misc/uacce/uacce.h>
#include <poll.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "guard.h"
#include "hisi.h"
#include "internal.h"

#define DOORBELL_SIZE	0x2000
/* Between two looks at a queue whose poll() may never end. */
#define POLL_SLICE_MS	200
/* Looks at the ring before the thread goes to sleep. */
#define SPINS		200

struct hisi_queue {
	int file;
	uint16_t number;
	uint32_t depth;
	size_t memory_size;
	unsigned char *memory;
	unsigned char *doorbell;
	uint32_t tail;
	uint32_t head;
	uint32_t outstanding;
	uint16_t phase;
	bool removed;
};

int hisi_find(const char *path, const char *operation, const char *id,
	      struct swclient_function *found)
{
	return swclient_find_api(path, SWHISI_API_VER3, operation, id, found);
}

static int removed(struct hisi_queue *queue)
{
	queue->removed = true;
	return swclient_fail(ENODEV, "the device was removed");
}

static uint32_t next(const struct hisi_queue *queue, uint32_t index)
{
	return index + 1 < queue->depth ? index + 1 : 0;
}

static void ring(struct hisi_queue *queue, unsigned int command, uint32_t index)
{
	store_doorbell(queue->doorbell + SWHISI_DOORBELL,
		       SWHISI_DOORBELL_VALUE(queue->number, command, index));
}

static int configure(struct hisi_queue *queue, const char *node,
		     unsigned int direction)
{
	struct swhisi_qp_ctx ctx = { .direction = (uint16_t)direction };
	struct swhisi_qp_info info = { 0 };

	if (ioctl(queue->file, SWHISI_CMD_SET_QP_CTX, &ctx) ||
	    ioctl(queue->file, SWHISI_CMD_SET_QP_INFO, &info))
		return swclient_fail(errno, "%s: not a hisi_qm queue: %s", node,
				     strerror(errno));
	if (info.descriptor_size != HISI_DESCRIPTOR ||
	    info.submission_depth != info.completion_depth)
		return swclient_fail(EPROTO, "%s: another kind of queue", node);
	queue->number = ctx.id;
	queue->depth = info.submission_depth;
	return 0;
}

/* The rings, and a status word for each of them. */
static size_t memory_size(uint32_t depth, size_t page)
{
	size_t size = depth * (HISI_DESCRIPTOR +
			       sizeof(struct swhisi_completion)) + 8;

	return (size + page - 1) / page * page;
}

static int map_regions(struct hisi_queue *queue, const char *node)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	queue->memory_size = memory_size(queue->depth, page);
	queue->memory = mmap(NULL, queue->memory_size, PROT_READ | PROT_WRITE,
			     MAP_SHARED, queue->file, (off_t)page);
	if (queue->memory == MAP_FAILED) {
		queue->memory = NULL;
		return swclient_fail(errno, "%s: mmap of the rings: %s", node,
				     strerror(errno));
	}
	queue->doorbell = mmap(NULL, DOORBELL_SIZE, PROT_READ | PROT_WRITE,
			       MAP_SHARED, queue->file, 0);
	if (queue->doorbell == MAP_FAILED) {
		queue->doorbell = NULL;
		return swclient_fail(errno, "%s: mmap of the doorbell: %s",
				     node, strerror(errno));
	}
	return 0;
}

static int start(struct hisi_queue *queue, const char *node,
		 unsigned int direction)
{
	int ret;

	if (guard_install())
		return swclient_fail(errno, "SIGBUS: %s", strerror(errno));
	queue->file = open(node, O_RDWR | O_CLOEXEC);
	if (queue->file < 0)
		return swclient_fail(errno, "%s: %s", node, strerror(errno));
	ret = configure(queue, node, direction);
	if (!ret)
		ret = map_regions(queue, node);
	if (ret)
		return ret;
	if (ioctl(queue->file, UACCE_CMD_START_Q))
		return swclient_fail(errno, "%s: start: %s", node,
				     strerror(errno));
	return 0;
}

struct hisi_queue *hisi_open(const char *node, unsigned int direction)
{
	struct hisi_queue *queue = calloc(1, sizeof(*queue));
	int error;

	if (!queue) {
		swclient_fail(ENOMEM, "no memory");
		return NULL;
	}
	queue->file = -1;
	queue->phase = SWHISI_PHASE;
	if (!start(queue, node, direction))
		return queue;
	error = errno;
	hisi_close(queue);
	errno = error;
	return NULL;
}

void hisi_close(struct hisi_queue *queue)
{
	if (!queue)
		return;
	if (queue->doorbell)
		munmap(queue->doorbell, DOORBELL_SIZE);
	if (queue->memory)
		munmap(queue->memory, queue->memory_size);
	if (queue->file >= 0)
		close(queue->file);
	free(queue);
}

uint32_t hisi_depth(const struct hisi_queue *queue)
{
	return queue->depth - 1;
}

int hisi_submit(struct hisi_queue *queue, const void *descriptor)
{
	if (queue->removed)
		return removed(queue);
	if (queue->outstanding == hisi_depth(queue))
		return -EAGAIN;
	if (sigsetjmp(guard_enter()->context, 1))
		return removed(queue);
	memcpy(queue->memory + (size_t)queue->tail * HISI_DESCRIPTOR,
	       descriptor, HISI_DESCRIPTOR);
	queue->tail = next(queue, queue->tail);
	ring(queue, SWHISI_DOORBELL_SUBMISSION, queue->tail);
	guard_leave();
	queue->outstanding++;
	return 0;
}

static bool is_disabled(const struct hisi_queue *queue)
{
	const uint32_t *end = (void *)(queue->memory + queue->memory_size);

	return __atomic_load_n(end - 2, __ATOMIC_ACQUIRE) == 1;
}

/* Return: 1 with a descriptor, 0 without, or why there will be none. */
static int look(struct hisi_queue *queue, void *descriptor)
{
	const struct swhisi_completion *slot;

	slot = (const void *)(queue->memory +
			      (size_t)queue->depth * HISI_DESCRIPTOR);
	slot += queue->head;
	if ((__atomic_load_n(&slot->phase, __ATOMIC_ACQUIRE) & SWHISI_PHASE) !=
	    queue->phase)
		return is_disabled(queue) ? -EIO : 0;
	if (slot->submission_head >= queue->depth)
		return -EPROTO;
	memcpy(descriptor,
	       queue->memory + (size_t)slot->submission_head * HISI_DESCRIPTOR,
	       HISI_DESCRIPTOR);
	queue->head = next(queue, queue->head);
	if (!queue->head)
		queue->phase ^= SWHISI_PHASE;
	queue->outstanding--;
	ring(queue, SWHISI_DOORBELL_COMPLETION, queue->head);
	return 1;
}

static int take(struct hisi_queue *queue, void *descriptor)
{
	int ret;

	if (queue->removed || sigsetjmp(guard_enter()->context, 1))
		return removed(queue);
	ret = look(queue, descriptor);
	guard_leave();
	if (ret == -EIO)
		return swclient_fail(EIO, "the queue was disabled");
	if (ret < 0)
		return swclient_fail(-ret, "a completion names no slot");
	return ret;
}

static int64_t now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/*
 * Return: as take(). The device may have been removed: its memory is still
 * readable then, and says that the queue is disabled.
 */
static int take_soon(struct hisi_queue *queue, void *descriptor)
{
	int spin, ret = 0;

	for (spin = 0; spin < SPINS && !ret; spin++)
		ret = take(queue, descriptor);
	return ret;
}

int hisi_wait(struct hisi_queue *queue, int timeout_ms, void *descriptor)
{
	struct pollfd poll_file = { .fd = queue->file, .events = POLLIN };
	int64_t deadline = now_ms() + timeout_ms;
	int64_t left;
	int ret;

	for (;;) {
		ret = take_soon(queue, descriptor);
		if (ret)
			return ret < 0 ? ret : 0;
		left = deadline - now_ms();
		if (left <= 0)
			return swclient_fail(ETIMEDOUT,
					     "no completion within %d ms",
					     timeout_ms);
		poll(&poll_file, 1,
		     (int)(left < POLL_SLICE_MS ? left : POLL_SLICE_MS));
	}
}

int hisi_execute(struct hisi_queue *queue, int timeout_ms, void *descriptor)
{
	int ret = hisi_submit(queue, descriptor);

	return ret ? ret : hisi_wait(queue, timeout_ms, descriptor);
}
