/* SPDX-License-Identifier: Apache-2.0 */
/* One queue: rings, doorbell, completions. */
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
#include "internal.h"
#include "swclient.h"

struct swclient_queue {
	int file;
	struct swaccel_queue_info info;
	size_t page;
	size_t memory_size;
	unsigned char *memory;
	unsigned char *doorbell;
	uint32_t submission_tail;
	uint32_t completion_head;
	uint32_t outstanding;
	uint16_t phase;
	bool removed;
};

/* Between two looks at a queue whose poll() may never end. */
#define POLL_SLICE_MS	200
/* Looks at the ring before the thread goes to sleep. */
#define SPINS		200

static int removed(struct swclient_queue *queue)
{
	queue->removed = true;
	return swclient_fail(ENODEV, "the device was removed");
}

static struct swaccel_descriptor *descriptor_at(struct swclient_queue *queue,
						uint32_t index)
{
	return (void *)(queue->memory + queue->info.submission_offset +
			(size_t)index * queue->info.descriptor_size);
}

static struct swaccel_completion *completion_at(struct swclient_queue *queue,
						uint32_t index)
{
	return (void *)(queue->memory + queue->info.completion_offset +
			(size_t)index * queue->info.completion_size);
}

static uint32_t next(const struct swclient_queue *queue, uint32_t index)
{
	return (index + 1) & (queue->info.depth - 1);
}

static void ring(struct swclient_queue *queue)
{
	store_doorbell(queue->doorbell + queue->info.doorbell_offset,
		       SWACCEL_DOORBELL(queue->submission_tail,
					queue->completion_head));
}

static int map_regions(struct swclient_queue *queue, const char *node)
{
	queue->memory = mmap(NULL, queue->memory_size, PROT_READ | PROT_WRITE,
			     MAP_SHARED, queue->file, (off_t)queue->page);
	if (queue->memory == MAP_FAILED) {
		queue->memory = NULL;
		return swclient_fail(errno, "%s: mmap of the rings: %s", node,
				     strerror(errno));
	}
	queue->doorbell = mmap(NULL, queue->page, PROT_READ | PROT_WRITE,
			       MAP_SHARED, queue->file, 0);
	if (queue->doorbell == MAP_FAILED) {
		queue->doorbell = NULL;
		return swclient_fail(errno, "%s: mmap of the doorbell: %s",
				     node, strerror(errno));
	}
	return 0;
}

static int start(struct swclient_queue *queue, const char *node)
{
	size_t end;
	int ret;

	if (guard_install())
		return swclient_fail(errno, "SIGBUS: %s", strerror(errno));
	queue->file = open(node, O_RDWR | O_CLOEXEC);
	if (queue->file < 0)
		return swclient_fail(errno, "%s: %s", node, strerror(errno));
	if (ioctl(queue->file, SWACCEL_CMD_QUEUE_INFO, &queue->info))
		return swclient_fail(errno, "%s: not a %s queue: %s", node,
				     SWACCEL_API_VER1, strerror(errno));
	queue->page = (size_t)sysconf(_SC_PAGESIZE);
	end = queue->info.state_offset + sizeof(struct swaccel_queue_state);
	queue->memory_size = (end + queue->page - 1) & ~(queue->page - 1);
	ret = map_regions(queue, node);
	if (ret)
		return ret;
	if (ioctl(queue->file, UACCE_CMD_START_Q))
		return swclient_fail(errno, "%s: start: %s", node,
				     strerror(errno));
	return 0;
}

struct swclient_queue *swclient_open(const char *node)
{
	struct swclient_queue *queue = calloc(1, sizeof(*queue));
	int error;

	if (!queue) {
		swclient_fail(ENOMEM, "no memory");
		return NULL;
	}
	queue->file = -1;
	queue->phase = SWACCEL_PHASE;
	if (!start(queue, node))
		return queue;
	error = errno;
	swclient_close(queue);
	errno = error;
	return NULL;
}

void swclient_close(struct swclient_queue *queue)
{
	if (!queue)
		return;
	if (queue->doorbell)
		munmap(queue->doorbell, queue->page);
	if (queue->memory)
		munmap(queue->memory, queue->memory_size);
	if (queue->file >= 0)
		close(queue->file);
	free(queue);
}

uint32_t swclient_depth(const struct swclient_queue *queue)
{
	return queue->info.depth - 1;
}

int swclient_submit(struct swclient_queue *queue,
		    const struct swaccel_descriptor *descriptor)
{
	if (queue->removed)
		return removed(queue);
	if (queue->outstanding == swclient_depth(queue))
		return -EAGAIN;
	if (sigsetjmp(guard_enter()->context, 1))
		return removed(queue);
	*descriptor_at(queue, queue->submission_tail) = *descriptor;
	queue->submission_tail = next(queue, queue->submission_tail);
	ring(queue);
	guard_leave();
	queue->outstanding++;
	return 0;
}

/* Return: 1 with a completion, 0 without, or why there will be none. */
static int look(struct swclient_queue *queue,
		struct swaccel_completion *completion)
{
	struct swaccel_completion *slot;
	struct swaccel_queue_state *state;

	slot = completion_at(queue, queue->completion_head);
	state = (void *)(queue->memory + queue->info.state_offset);
	if (__atomic_load_n(&slot->phase, __ATOMIC_ACQUIRE) == queue->phase) {
		*completion = *slot;
		return 1;
	}
	if (!__atomic_load_n(&state->disabled, __ATOMIC_ACQUIRE))
		return 0;
	return state->error == SWACCEL_QUEUE_REMOVED ? -ENODEV : -EIO;
}

static int take(struct swclient_queue *queue,
		struct swaccel_completion *completion)
{
	int ret;

	if (queue->removed || sigsetjmp(guard_enter()->context, 1))
		return removed(queue);
	ret = look(queue, completion);
	guard_leave();
	if (ret == -ENODEV)
		return removed(queue);
	if (ret < 0)
		return swclient_fail(EIO, "the queue was disabled");
	if (!ret)
		return 0;
	queue->completion_head = next(queue, queue->completion_head);
	if (!queue->completion_head)
		queue->phase ^= SWACCEL_PHASE;
	queue->outstanding--;
	return 1;
}

static int64_t now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Tells the kernel what was taken, so that poll() waits for something new. */
static int sleep_for(struct swclient_queue *queue, int64_t milliseconds)
{
	struct pollfd poll_file = { .fd = queue->file, .events = POLLIN };

	if (sigsetjmp(guard_enter()->context, 1))
		return removed(queue);
	ring(queue);
	guard_leave();
	if (milliseconds > POLL_SLICE_MS)
		milliseconds = POLL_SLICE_MS;
	poll(&poll_file, 1, (int)milliseconds);
	return 0;
}

int swclient_wait(struct swclient_queue *queue, int timeout_ms,
		  struct swaccel_completion *completion)
{
	int64_t deadline = now_ms() + timeout_ms;
	int64_t left;
	int ret, spin;

	for (;;) {
		for (spin = 0; spin < SPINS; spin++) {
			ret = take(queue, completion);
			if (ret)
				return ret < 0 ? ret : 0;
		}
		left = deadline - now_ms();
		if (left <= 0)
			return swclient_fail(ETIMEDOUT,
					     "no completion within %d ms",
					     timeout_ms);
		ret = sleep_for(queue, left);
		if (ret)
			return ret;
	}
}

int swclient_execute(struct swclient_queue *queue,
		     const struct swaccel_descriptor *descriptor,
		     int timeout_ms, struct swaccel_completion *completion)
{
	int ret = swclient_submit(queue, descriptor);

	return ret ? ret : swclient_wait(queue, timeout_ms, completion);
}
