/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Engines: what a device computes. They know jobs and streams, not queue
 * formats, so that another format can use them unchanged.
 */
#ifndef _SWACCEL_ENGINE_H
#define _SWACCEL_ENGINE_H

#include <linux/types.h>

struct swaccel_format;
struct swaccel_queue;

/**
 * struct swaccel_job - one piece of work, checked by the queue's format
 * @operation: what to do
 * @source: address in the opener's address space
 * @destination: likewise
 * @key: likewise
 * @source_length: bytes
 * @room: bytes at @destination
 * @key_length: bytes
 * @seed: of a checksum
 * @level: of compression, 0 for the default
 * @consumed: result, bytes of the source that were used
 * @produced: result, valid bytes at the destination
 * @checksum: result
 */
struct swaccel_job {
	const struct swaccel_operation *operation;
	u64 source;
	u64 destination;
	u64 key;
	u32 source_length;
	u32 room;
	u32 key_length;
	u32 seed;
	u8 level;

	u32 consumed;
	u32 produced;
	u32 checksum;
};

/* Which fields of a job an operation uses; the others must be zero. */
#define SWACCEL_USES_DESTINATION	BIT(0)
#define SWACCEL_USES_KEY		BIT(1)
#define SWACCEL_USES_SEED		BIT(2)
#define SWACCEL_USES_LEVEL		BIT(3)

/**
 * struct swaccel_operation - one entry of an engine's table
 * @code: as in the queue format
 * @uses: SWACCEL_USES_*
 * @variant: tells operations of one @run apart
 * @run: executes a job in the queue's thread; 0 or a negative errno:
 *	EFAULT, ESRCH, EBADMSG (input is damaged), EBADE (checksum),
 *	ENOSPC (output is full), ENOMEM, ECANCELED, EINVAL
 */
struct swaccel_operation {
	u8 code;
	u8 uses;
	u8 variant;
	int (*run)(struct swaccel_queue *queue, struct swaccel_job *job);
};

/**
 * struct swaccel_engine - a kind of device
 * @name: of the uacce device and of the platform device, without index
 * @algorithms: for sysfs, one a line, without a newline at the end
 * @operations: table
 * @operation_count: its length
 * @release: frees queue->engine_state, which operations allocate; may be NULL
 * @formats: of its queues, the default first, NULL at the end
 * @depth: slots of a ring, unless the creator of a device chooses
 * @queues: how many can be open at once, likewise
 * @borrowed: the name is that of real hardware; created on demand only, and
 *	never beside it
 * @execute: where the format's descriptors are the engine's own: executes one,
 *	and writes results to it; 0 or a negative errno
 * @report: writes to such a descriptor that it ended with an errno
 */
struct swaccel_engine {
	const char *name;
	const char *algorithms;
	const struct swaccel_operation *operations;
	unsigned int operation_count;
	void (*release)(struct swaccel_queue *queue);
	const struct swaccel_format *const *formats;
	u32 depth;
	u32 queues;
	bool borrowed;
	int (*execute)(struct swaccel_queue *queue, void *descriptor);
	void (*report)(void *descriptor, int error);
};

/* Of the engines whose names are the project's own. */
extern const struct swaccel_format *const swaccel_own_formats[];

#define SWACCEL_OWN_QUEUES	.formats = swaccel_own_formats,		\
				.depth = 256, .queues = 8

extern const struct swaccel_engine swaccel_dma_engine;
extern const struct swaccel_engine swaccel_sec_engine;
extern const struct swaccel_engine swaccel_zip_engine;
extern const struct swaccel_engine swaccel_hisi_zip_engine;
extern const struct swaccel_engine swaccel_hisi_sec_engine;

extern const struct swaccel_engine *const swaccel_engines[];
extern const unsigned int swaccel_engine_count;

/* Return: the index in swaccel_engines, or -EINVAL. */
int swaccel_find_engine(const char *name);

/* Return: the operation, or NULL. */
const struct swaccel_operation *
swaccel_find_operation(const struct swaccel_engine *engine, u8 code);

#endif
