/* SPDX-License-Identifier: Apache-2.0 */
#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <misc/uacce/uacce.h>
#include <poll.h>
#include <setjmp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "guard.h"
#include "internal.h"

/* Between two looks at a queue whose poll() may never end. */
#define POLL_SLICE_MS	200
/* Looks at the ring before the thread goes to sleep. */
#define SPINS		200

static int removed(struct ring *ring)
{
	ring->removed = true;
	return swclient_fail(ENODEV, "the device was removed");
}

static uint32_t next(const struct ring *ring, uint32_t index)
{
	return index + 1 < ring->depth ? index + 1 : 0;
}

int ring_open(struct ring *ring, const struct ring_format *format,
	      const char *node)
{
	memset(ring, 0, sizeof(*ring));
	ring->format = format;
	ring->phase = 1;
	ring->file = -1;
	if (guard_install())
		return swclient_fail(errno, "SIGBUS: %s", strerror(errno));
	ring->file = open(node, O_RDWR | O_CLOEXEC);
	if (ring->file < 0)
		return swclient_fail(errno, "%s: %s", node, strerror(errno));
	return 0;
}

static unsigned char *map(const struct ring *ring, size_t size, off_t offset)
{
	void *region = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
			    ring->file, offset);

	return region == MAP_FAILED ? NULL : region;
}

int ring_start(struct ring *ring, const char *node)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	ring->memory_size = (ring->memory_size + page - 1) / page * page;
	ring->memory = map(ring, ring->memory_size, (off_t)page);
	if (!ring->memory)
		return swclient_fail(errno, "%s: mmap of the rings: %s", node,
				     strerror(errno));
	ring->doorbell_size = (ring->doorbell_size + page - 1) / page * page;
	ring->doorbell = map(ring, ring->doorbell_size, 0);
	if (!ring->doorbell)
		return swclient_fail(errno, "%s: mmap of the doorbell: %s",
				     node, strerror(errno));
	if (ioctl(ring->file, UACCE_CMD_START_Q))
		return swclient_fail(errno, "%s: start: %s", node,
				     strerror(errno));
	return 0;
}

/* Leaves errno as it is: it says why. */
void ring_close(struct ring *ring)
{
	int error = errno;

	if (ring->doorbell)
		munmap(ring->doorbell, ring->doorbell_size);
	if (ring->memory)
		munmap(ring->memory, ring->memory_size);
	if (ring->file >= 0)
		close(ring->file);
	errno = error;
}

int ring_submit(struct ring *ring, const void *descriptor)
{
	size_t size = ring->format->descriptor;

	if (ring->removed)
		return removed(ring);
	if (ring->outstanding == ring->depth - 1)
		return -EAGAIN;
	if (sigsetjmp(guard_enter()->context, 1))
		return removed(ring);
	memcpy(ring->memory + ring->tail * size, descriptor, size);
	ring->tail = next(ring, ring->tail);
	ring->format->tell_tail(ring);
	guard_leave();
	ring->outstanding++;
	return 0;
}

static int look(struct ring *ring, void *result)
{
	int ret = ring->format->look(ring, result);

	if (ret <= 0)
		return ret;
	ring->head = next(ring, ring->head);
	if (!ring->head)
		ring->phase ^= 1;
	ring->outstanding--;
	ring->format->tell_head(ring);
	return 1;
}

/*
 * Return: as look(). The device may have been removed: its memory is still
 * readable then, and says that the queue is disabled.
 */
static int take(struct ring *ring, void *result)
{
	int ret;

	if (ring->removed || sigsetjmp(guard_enter()->context, 1))
		return removed(ring);
	ret = look(ring, result);
	guard_leave();
	if (ret == -ENODEV)
		return removed(ring);
	if (ret == -EIO)
		return swclient_fail(EIO, "the queue was disabled");
	if (ret < 0)
		return swclient_fail(-ret, "a completion names no slot");
	return ret;
}

static int take_soon(struct ring *ring, void *result)
{
	int spin, ret = 0;

	for (spin = 0; spin < SPINS && !ret; spin++)
		ret = take(ring, result);
	return ret;
}

static int64_t now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static int sleep_for(struct ring *ring, int64_t milliseconds)
{
	struct pollfd poll_file = { .fd = ring->file, .events = POLLIN };

	if (ring->format->before_sleep) {
		if (sigsetjmp(guard_enter()->context, 1))
			return removed(ring);
		ring->format->before_sleep(ring);
		guard_leave();
	}
	if (milliseconds > POLL_SLICE_MS)
		milliseconds = POLL_SLICE_MS;
	poll(&poll_file, 1, (int)milliseconds);
	return 0;
}

int ring_wait(struct ring *ring, int timeout_ms, void *result)
{
	int64_t deadline = now_ms() + timeout_ms;
	int64_t left;
	int ret;

	for (;;) {
		ret = take_soon(ring, result);
		if (ret)
			return ret < 0 ? ret : 0;
		left = deadline - now_ms();
		if (left <= 0)
			return swclient_fail(ETIMEDOUT,
					     "no completion within %d ms",
					     timeout_ms);
		ret = sleep_for(ring, left);
		if (ret)
			return ret;
	}
}
