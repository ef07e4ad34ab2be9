// SPDX-License-Identifier: GPL-2.0
/* Compression: header, deflate stream, trailer. */
#include <linux/errno.h>
#include <linux/unaligned.h>
#include <linux/zlib.h>

#include "stream.h"
#include "zip.h"

#define DEFAULT_LEVEL	6

static int write_header(struct swaccel_sink *sink, u8 wrapper)
{
	static const u8 zlib[] = { 0x78, 0x9c };
	static const u8 gzip[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };

	if (wrapper == SWACCEL_ZLIB)
		return swaccel_sink_write(sink, zlib, sizeof(zlib));
	if (wrapper == SWACCEL_GZIP)
		return swaccel_sink_write(sink, gzip, sizeof(gzip));
	return 0;
}

static int write_trailer(struct swaccel_sink *sink, u8 wrapper, u32 sum,
			 u32 length)
{
	u8 trailer[8];

	if (wrapper == SWACCEL_ZLIB) {
		put_unaligned_be32(sum, trailer);
		return swaccel_sink_write(sink, trailer, 4);
	}
	if (wrapper == SWACCEL_GZIP) {
		put_unaligned_le32(sum, trailer);
		put_unaligned_le32(length, trailer + 4);
		return swaccel_sink_write(sink, trailer, 8);
	}
	return 0;
}

/* Compresses what the stream's input holds. */
static int deflate_input(struct z_stream_s *stream, struct swaccel_sink *sink,
			 int flush)
{
	struct swaccel_queue *queue = sink->queue;
	int code, ret;
	u32 space;

	do {
		space = swaccel_sink_space(sink);
		if (!space)
			return -ENOSPC;
		stream->next_out = queue->output;
		stream->avail_out = space;
		code = zlib_deflate(stream, flush);
		/* Z_BUF_ERROR: nothing was left to do. */
		if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
			return -EINVAL;
		ret = swaccel_sink_write(sink, queue->output,
					 space - stream->avail_out);
		if (ret)
			return ret;
	} while (code != Z_STREAM_END && !stream->avail_out);
	return 0;
}

static int deflate_source(struct swaccel_queue *queue, struct swaccel_job *job,
			  struct z_stream_s *stream, struct swaccel_sink *sink)
{
	u8 wrapper = job->operation->variant;
	struct swaccel_source source;
	int length, ret;

	swaccel_source_init(&source, queue, job);
	job->checksum = swaccel_zip_checksum_start(wrapper);
	do {
		length = swaccel_source_next(&source);
		if (length < 0)
			return length;
		job->checksum = swaccel_zip_checksum(wrapper, job->checksum,
						     queue->input, length);
		stream->next_in = queue->input;
		stream->avail_in = length;
		ret = deflate_input(stream, sink,
				    source.left ? Z_NO_FLUSH : Z_FINISH);
		if (ret)
			return ret;
	} while (source.left);
	return 0;
}

int swaccel_deflate(struct swaccel_queue *queue, struct swaccel_job *job)
{
	u8 wrapper = job->operation->variant;
	struct z_stream_s stream = { };
	struct swaccel_sink sink;
	size_t size;
	int ret;

	size = zlib_deflate_workspacesize(MAX_WBITS, MAX_MEM_LEVEL);
	stream.workspace = swaccel_zip_workspace(queue, size);
	if (!stream.workspace)
		return -ENOMEM;
	if (zlib_deflateInit2(&stream, job->level ?: DEFAULT_LEVEL, Z_DEFLATED,
			      -MAX_WBITS, MAX_MEM_LEVEL,
			      Z_DEFAULT_STRATEGY) != Z_OK)
		return -EINVAL;
	swaccel_sink_init(&sink, queue, job);
	ret = write_header(&sink, wrapper);
	if (ret)
		return ret;
	ret = deflate_source(queue, job, &stream, &sink);
	if (ret)
		return ret;
	ret = write_trailer(&sink, wrapper, job->checksum, job->source_length);
	if (ret)
		return ret;
	job->consumed = job->source_length;
	job->produced = sink.produced;
	return 0;
}
