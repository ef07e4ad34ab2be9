/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Streams: the input and the output of a job, a chunk at a time through the
 * queue's bounce buffers. Nothing of the opener's address space is held
 * between two chunks.
 */
#ifndef _SWACCEL_STREAM_H
#define _SWACCEL_STREAM_H

#include "cursor.h"
#include "queue.h"

/**
 * struct swaccel_source - what is left of an input
 * @queue: whose job it is
 * @cursor: where the next chunk is
 * @left: bytes from there on
 */
struct swaccel_source {
	struct swaccel_queue *queue;
	struct swaccel_cursor cursor;
	u32 left;
};

/**
 * struct swaccel_sink - where an output goes
 * @queue: whose job it is
 * @cursor: where the next chunk goes
 * @room: bytes from there on
 * @produced: bytes written so far
 */
struct swaccel_sink {
	struct swaccel_queue *queue;
	struct swaccel_cursor cursor;
	u32 room;
	u32 produced;
};

void swaccel_source_init(struct swaccel_source *source,
			 struct swaccel_queue *queue,
			 const struct swaccel_job *job);
void swaccel_sink_init(struct swaccel_sink *sink, struct swaccel_queue *queue,
		       const struct swaccel_job *job);

/* As above, in any area. Return: 0, or a negative errno. */
int swaccel_source_open(struct swaccel_source *source,
			struct swaccel_queue *queue,
			const struct swaccel_area *area, u32 length);
int swaccel_sink_open(struct swaccel_sink *sink, struct swaccel_queue *queue,
		      const struct swaccel_area *area, u32 room);

/*
 * Reads the next chunk to queue->input.
 * Return: its length, 0 at the end, or a negative errno.
 */
int swaccel_source_next(struct swaccel_source *source);

/* Return: bytes of queue->output that the sink would still take. */
u32 swaccel_sink_space(const struct swaccel_sink *sink);

/* Writes @length bytes of @data. Return: 0, -ENOSPC, or another errno. */
int swaccel_sink_write(struct swaccel_sink *sink, const void *data, u32 length);

/* Reads from the opener's memory. Return: 0, or a negative errno. */
int swaccel_read(struct swaccel_queue *queue, void *to, u64 address,
		 u32 length);
int swaccel_write(struct swaccel_queue *queue, u64 address, const void *from,
		  u32 length);

#endif
