/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a queue of any format is to user space: two mapped regions, a tail and a
 * head, a doorbell. Errors are those of swclient.h.
 */
#ifndef SWCLIENT_RING_H
#define SWCLIENT_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct ring - one queue
 * @format: what differs between formats
 * @file: -1 before it is open
 * @depth: slots of either ring
 * @memory_size: bytes of @memory, whole pages
 * @doorbell_size: bytes of @doorbell, whole pages
 * @memory: the rings
 * @doorbell: the register is here
 * @tail: the next slot for a descriptor
 * @head: the next completion
 * @outstanding: descriptors without one
 * @phase: of a completion that is new
 * @removed: the device is gone
 */
struct ring {
	const struct ring_format *format;
	int file;
	uint32_t depth;
	size_t memory_size;
	size_t doorbell_size;
	unsigned char *memory;
	unsigned char *doorbell;
	uint32_t tail;
	uint32_t head;
	uint32_t outstanding;
	uint16_t phase;
	bool removed;
};

/**
 * struct ring_format - a queue format
 * @descriptor: bytes of a slot of the submission ring, which comes first
 * @tell_tail: rings for a new descriptor
 * @look: 1 with the next completion in @result, 0 without, or a negative errno
 *	that says why there will be none
 * @tell_head: after a completion is taken
 * @before_sleep: what poll() needs; may be NULL
 *
 * All of them touch the regions, and are called in a guard.
 */
struct ring_format {
	size_t descriptor;
	void (*tell_tail)(struct ring *ring);
	int (*look)(struct ring *ring, void *result);
	void (*tell_head)(struct ring *ring);
	void (*before_sleep)(struct ring *ring);
};

/* Opens the node; the caller then asks for depth and sizes. */
int ring_open(struct ring *ring, const struct ring_format *format,
	      const char *node);
/* Maps both regions, and starts the queue. */
int ring_start(struct ring *ring, const char *node);
/* Also of what was opened or mapped in part. */
void ring_close(struct ring *ring);

int ring_submit(struct ring *ring, const void *descriptor);
int ring_wait(struct ring *ring, int timeout_ms, void *result);

#endif
