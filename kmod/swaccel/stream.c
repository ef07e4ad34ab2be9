// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/sched.h>

#include "../include/swiommu.h"
#include "device.h"
#include "stream.h"

/* Every access passes here, so no job outlives its queue by more than one. */
static int check_alive(struct swaccel_queue *queue)
{
	cond_resched();
	return READ_ONCE(queue->dead) ? -ECANCELED : 0;
}

int swaccel_read(struct swaccel_queue *queue, void *to, u64 address,
		 u32 length)
{
	int ret = check_alive(queue);

	if (ret)
		return ret;
	ret = swiommu_read(queue->space, to, address, length);
	if (!ret)
		atomic64_add(length, &queue->device->counters.bytes_read);
	return ret;
}

int swaccel_write(struct swaccel_queue *queue, u64 address, const void *from,
		  u32 length)
{
	int ret = check_alive(queue);

	if (ret)
		return ret;
	ret = swiommu_write(queue->space, address, from, length);
	if (!ret)
		atomic64_add(length, &queue->device->counters.bytes_written);
	return ret;
}

/* A list that ends before its time is the descriptor's mistake. */
static int source_error(int ret)
{
	return ret == -ENODATA ? -EINVAL : ret;
}

static int sink_error(int ret)
{
	return ret == -ENODATA ? -ENOSPC : ret;
}

int swaccel_source_open(struct swaccel_source *source,
			struct swaccel_queue *queue,
			const struct swaccel_area *area, u32 length)
{
	source->queue = queue;
	source->left = length;
	return source_error(swaccel_cursor_init(&source->cursor, queue, area));
}

int swaccel_sink_open(struct swaccel_sink *sink, struct swaccel_queue *queue,
		      const struct swaccel_area *area, u32 room)
{
	sink->queue = queue;
	sink->room = room;
	sink->produced = 0;
	return sink_error(swaccel_cursor_init(&sink->cursor, queue, area));
}

void swaccel_source_init(struct swaccel_source *source,
			 struct swaccel_queue *queue,
			 const struct swaccel_job *job)
{
	const struct swaccel_area area = { .address = job->source };

	/* One buffer cannot fail. */
	swaccel_source_open(source, queue, &area, job->source_length);
}

void swaccel_sink_init(struct swaccel_sink *sink, struct swaccel_queue *queue,
		       const struct swaccel_job *job)
{
	const struct swaccel_area area = { .address = job->destination };

	swaccel_sink_open(sink, queue, &area, job->room);
}

int swaccel_source_next(struct swaccel_source *source)
{
	u32 length = min(source->left, SWACCEL_CHUNK);
	int ret;

	if (!length)
		return 0;
	ret = swaccel_cursor_read(&source->cursor, source->queue->input,
				  length);
	if (ret)
		return source_error(ret);
	source->left -= length;
	return length;
}

u32 swaccel_sink_space(const struct swaccel_sink *sink)
{
	return min(sink->room, SWACCEL_CHUNK);
}

int swaccel_sink_write(struct swaccel_sink *sink, const void *data, u32 length)
{
	int ret;

	if (length > sink->room)
		return -ENOSPC;
	ret = swaccel_cursor_write(&sink->cursor, data, length);
	if (ret)
		return sink_error(ret);
	sink->room -= length;
	sink->produced += length;
	return 0;
}
