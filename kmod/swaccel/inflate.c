// SPDX-License-Identifier: GPL-2.0
/* Decompression: header, deflate stream, trailer; one member. */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include <linux/zlib.h>

#include "stream.h"
#include "zip.h"

#define GZIP_FIXED	10
#define GZIP_HCRC	BIT(1)
#define GZIP_EXTRA	BIT(2)
#define GZIP_NAME	BIT(3)
#define GZIP_COMMENT	BIT(4)
#define GZIP_RESERVED	0xe0

/**
 * struct inflation - a decompression under way
 * @job: what is asked for
 * @source: input not yet in the bounce buffer
 * @sink: where the output goes
 * @stream: zlib's
 * @wrapper: enum swaccel_wrapper
 * @sum: checksum of the output so far
 */
struct inflation {
	struct swaccel_job *job;
	struct swaccel_source source;
	struct swaccel_sink sink;
	struct z_stream_s stream;
	u8 wrapper;
	u32 sum;
};

static int parse_zlib(const u8 *data, u32 length)
{
	if (length < 2 || get_unaligned_be16(data) % 31)
		return -EBADMSG;
	/* Deflate, a window of at most 32 KiB, no preset dictionary. */
	if ((data[0] & 0xf) != 8 || data[0] >> 4 > 7 || data[1] & BIT(5))
		return -EBADMSG;
	return 2;
}

/* Return: the offset after the string at @at, or -EBADMSG. */
static int skip_string(const u8 *data, u32 length, u32 at)
{
	const u8 *end;

	if (at >= length)
		return -EBADMSG;
	end = memchr(data + at, 0, length - at);
	return end ? end - data + 1 : -EBADMSG;
}

/* Optional fields must end within the first chunk. */
static int parse_gzip(const u8 *data, u32 length)
{
	u32 at = GZIP_FIXED;
	u8 flags;
	int ret;

	if (length < GZIP_FIXED || data[0] != 0x1f || data[1] != 0x8b ||
	    data[2] != 8 || data[3] & GZIP_RESERVED)
		return -EBADMSG;
	flags = data[3];
	if (flags & GZIP_EXTRA) {
		if (length < at + 2)
			return -EBADMSG;
		at += 2 + get_unaligned_le16(data + at);
	}
	if (flags & GZIP_NAME) {
		ret = skip_string(data, length, at);
		if (ret < 0)
			return ret;
		at = ret;
	}
	if (flags & GZIP_COMMENT) {
		ret = skip_string(data, length, at);
		if (ret < 0)
			return ret;
		at = ret;
	}
	if (flags & GZIP_HCRC)
		at += 2;
	return at <= length ? at : -EBADMSG;
}

static int next_chunk(struct inflation *inflation)
{
	int length = swaccel_source_next(&inflation->source);

	if (length < 0)
		return length;
	if (!length)
		return -EBADMSG;
	inflation->stream.next_in = inflation->source.queue->input;
	inflation->stream.avail_in = length;
	return 0;
}

static int read_header(struct inflation *inflation)
{
	struct z_stream_s *stream = &inflation->stream;
	int ret;

	ret = next_chunk(inflation);
	if (ret)
		return ret;
	if (inflation->wrapper == SWACCEL_ZLIB)
		ret = parse_zlib(stream->next_in, stream->avail_in);
	else if (inflation->wrapper == SWACCEL_GZIP)
		ret = parse_gzip(stream->next_in, stream->avail_in);
	if (ret < 0)
		return ret;
	stream->next_in += ret;
	stream->avail_in -= ret;
	return 0;
}

static int emit(struct inflation *inflation, u32 length)
{
	void *data = inflation->source.queue->output;

	inflation->sum = swaccel_zip_checksum(inflation->wrapper,
					      inflation->sum, data, length);
	return swaccel_sink_write(&inflation->sink, data, length);
}

/* One call of zlib. Return: 1 at the end of the stream, 0, or an errno. */
static int inflate_step(struct inflation *inflation)
{
	struct z_stream_s *stream = &inflation->stream;
	u32 space = swaccel_sink_space(&inflation->sink);
	u8 spare;
	int code, ret;

	/* A full destination can still see the end of the stream. */
	stream->next_out = space ? inflation->source.queue->output : &spare;
	stream->avail_out = space ?: 1;
	code = zlib_inflate(stream, Z_SYNC_FLUSH);
	if (!space && !stream->avail_out)
		return -ENOSPC;
	if (space) {
		ret = emit(inflation, space - stream->avail_out);
		if (ret)
			return ret;
	}
	if (code == Z_STREAM_END)
		return 1;
	return code == Z_OK || code == Z_BUF_ERROR ? 0 : -EBADMSG;
}

static int inflate_stream(struct inflation *inflation)
{
	struct z_stream_s *stream = &inflation->stream;
	int ret;

	for (;;) {
		ret = inflate_step(inflation);
		if (ret)
			return ret < 0 ? ret : 0;
		/* Room was left, so zlib stopped for want of input. */
		if (!stream->avail_in && stream->avail_out) {
			ret = next_chunk(inflation);
			if (ret)
				return ret;
		} else if (stream->avail_in && stream->avail_out) {
			return -EBADMSG;
		}
	}
}

static int read_trailer(struct inflation *inflation)
{
	struct z_stream_s *stream = &inflation->stream;
	u32 size = inflation->wrapper == SWACCEL_ZLIB ? 4 : 8;
	u8 trailer[8];
	u32 i;
	int ret;

	if (inflation->wrapper == SWACCEL_RAW)
		return 0;
	for (i = 0; i < size; i++) {
		if (!stream->avail_in) {
			ret = next_chunk(inflation);
			if (ret)
				return ret;
		}
		trailer[i] = *stream->next_in++;
		stream->avail_in--;
	}
	if (inflation->wrapper == SWACCEL_ZLIB)
		return get_unaligned_be32(trailer) == inflation->sum ?
			0 : -EBADE;
	if (get_unaligned_le32(trailer) != inflation->sum ||
	    get_unaligned_le32(trailer + 4) != inflation->sink.produced)
		return -EBADE;
	return 0;
}

static int run(struct inflation *inflation)
{
	int ret;

	ret = read_header(inflation);
	if (ret)
		return ret;
	ret = inflate_stream(inflation);
	if (ret)
		return ret;
	return read_trailer(inflation);
}

int swaccel_inflate(struct swaccel_queue *queue, struct swaccel_job *job)
{
	struct inflation inflation = {
		.job		= job,
		.wrapper	= job->operation->variant,
		.sum		=
			swaccel_zip_checksum_start(job->operation->variant),
	};
	size_t size = zlib_inflate_workspacesize();
	int ret;

	inflation.stream.workspace = swaccel_zip_workspace(queue, size);
	if (!inflation.stream.workspace)
		return -ENOMEM;
	if (zlib_inflateInit2(&inflation.stream, -MAX_WBITS) != Z_OK)
		return -EINVAL;
	swaccel_source_init(&inflation.source, queue, job);
	swaccel_sink_init(&inflation.sink, queue, job);
	ret = run(&inflation);
	if (ret)
		return ret;
	job->consumed = job->source_length - inflation.source.left -
			inflation.stream.avail_in;
	job->produced = inflation.sink.produced;
	job->checksum = inflation.sum;
	return 0;
}
