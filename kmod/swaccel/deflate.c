// SPDX-License-Identifier: GPL-2.0
/* Compression: header, deflate stream, trailer. */
#include <linux/errno.h>
#include <linux/unaligned.h>
#include <linux/zlib.h>

#include "stream.h"
#include "zip.h"

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

int swaccel_zip_write_trailer(struct swaccel_sink *sink, u8 wrapper, u32 sum,
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

static int deflate_source(struct swaccel_deflation *deflation,
			  struct z_stream_s *stream)
{
	struct swaccel_source *source = &deflation->source;
	int end = deflation->last ? Z_FINISH : Z_SYNC_FLUSH;
	void *input = source->queue->input;
	int length, ret;

	do {
		length = swaccel_source_next(source);
		if (length < 0)
			return length;
		deflation->sum = swaccel_zip_checksum(deflation->wrapper,
						      deflation->sum, input,
						      length);
		stream->next_in = input;
		stream->avail_in = length;
		ret = deflate_input(stream, &deflation->sink,
				    source->left ? Z_NO_FLUSH : end);
		if (ret)
			return ret;
	} while (source->left);
	return 0;
}

int swaccel_deflate_run(struct swaccel_deflation *deflation)
{
	struct swaccel_queue *queue = deflation->source.queue;
	struct z_stream_s stream = { };
	size_t size;

	size = zlib_deflate_workspacesize(MAX_WBITS, MAX_MEM_LEVEL);
	stream.workspace = swaccel_zip_workspace(queue, size);
	if (!stream.workspace)
		return -ENOMEM;
	if (zlib_deflateInit2(&stream, deflation->level, Z_DEFLATED,
			      -MAX_WBITS, MAX_MEM_LEVEL,
			      Z_DEFAULT_STRATEGY) != Z_OK)
		return -EINVAL;
	return deflate_source(deflation, &stream);
}

int swaccel_deflate(struct swaccel_queue *queue, struct swaccel_job *job)
{
	struct swaccel_deflation deflation = {
		.wrapper	= job->operation->variant,
		.level		= job->level ?: SWACCEL_DEFAULT_LEVEL,
		.sum		=
			swaccel_zip_checksum_start(job->operation->variant),
		.last		= true,
	};
	int ret;

	swaccel_source_init(&deflation.source, queue, job);
	swaccel_sink_init(&deflation.sink, queue, job);
	ret = write_header(&deflation.sink, deflation.wrapper);
	if (ret)
		return ret;
	ret = swaccel_deflate_run(&deflation);
	if (ret)
		return ret;
	ret = swaccel_zip_write_trailer(&deflation.sink, deflation.wrapper,
					deflation.sum, job->source_length);
	if (ret)
		return ret;
	job->checksum = deflation.sum;
	job->consumed = job->source_length;
	job->produced = deflation.sink.produced;
	return 0;
}
