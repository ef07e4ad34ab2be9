// SPDX-License-Identifier: GPL-2.0
/* sw_dma: moves and checks memory. */
#include <linux/crc32.h>
#include <linux/kernel.h>
#include <linux/minmax.h>

#include <uapi/misc/uacce/swaccel.h>

#include "stream.h"

static int move_chunk(struct swaccel_queue *queue, struct swaccel_job *job,
		      u32 offset, u32 length)
{
	int ret;

	ret = swaccel_read(queue, queue->input, job->source + offset, length);
	if (ret)
		return ret;
	return swaccel_write(queue, job->destination + offset, queue->input,
			     length);
}

static int move_forwards(struct swaccel_queue *queue, struct swaccel_job *job)
{
	u32 offset, length;
	int ret;

	for (offset = 0; offset < job->source_length; offset += length) {
		length = min(job->source_length - offset, SWACCEL_CHUNK);
		ret = move_chunk(queue, job, offset, length);
		if (ret)
			return ret;
	}
	return 0;
}

static int move_backwards(struct swaccel_queue *queue, struct swaccel_job *job)
{
	u32 left, length;
	int ret;

	for (left = job->source_length; left; left -= length) {
		length = min(left, SWACCEL_CHUNK);
		ret = move_chunk(queue, job, left - length, length);
		if (ret)
			return ret;
	}
	return 0;
}

static int run_memmove(struct swaccel_queue *queue, struct swaccel_job *job)
{
	int ret;

	if (job->room < job->source_length)
		return -ENOSPC;
	if (job->destination > job->source)
		ret = move_backwards(queue, job);
	else
		ret = move_forwards(queue, job);
	if (ret)
		return ret;
	job->consumed = job->source_length;
	job->produced = job->source_length;
	return 0;
}

static int run_crc32c(struct swaccel_queue *queue, struct swaccel_job *job)
{
	struct swaccel_source source;
	u32 crc = ~job->seed;
	int length;

	swaccel_source_init(&source, queue, job);
	while ((length = swaccel_source_next(&source)) > 0)
		crc = __crc32c_le(crc, queue->input, length);
	if (length < 0)
		return length;
	job->consumed = job->source_length;
	job->checksum = ~crc;
	return 0;
}

static const struct swaccel_operation operations[] = {
	{
		.code	= SWACCEL_MEMMOVE,
		.uses	= SWACCEL_USES_DESTINATION,
		.run	= run_memmove,
	},
	{
		.code	= SWACCEL_CRC32C,
		.uses	= SWACCEL_USES_SEED,
		.run	= run_crc32c,
	},
};

const struct swaccel_engine swaccel_dma_engine = {
	.name			= "sw_dma",
	.algorithms		= "memmove\ncrc32c",
	.operations		= operations,
	.operation_count	= ARRAY_SIZE(operations),
	SWACCEL_OWN_QUEUES,
};
