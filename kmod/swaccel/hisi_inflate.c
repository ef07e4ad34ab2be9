// SPDX-License-Identifier: GPL-2.0
/*
 * Decompression in pieces of any size. The state of a stream is kept here, not
 * in the memory that user space offers for it, and is freed with the queue.
 */
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/mm.h>
#include <linux/unaligned.h>

#include "hisi_zip.h"

/* Of a queue: 11 MiB of state at most. */
#define MAX_STREAMS	256

enum phase { BODY, TRAILER, END };

/**
 * struct swaccel_hisi_stream - a stream between two descriptors
 * @node: in the queue's list, or alone, of what is decompressed whole
 * @key: the address that names it
 * @wrapper: enum swaccel_wrapper
 * @phase: what comes next
 * @trailer: as far as it has come
 * @trailer_length: bytes of it
 * @sum: checksum of the output so far
 * @total: bytes of the output so far, modulo 2^32
 * @zlib: zlib's state, in @workspace
 * @workspace: behind the structure
 */
struct swaccel_hisi_stream {
	struct list_head node;
	u64 key;
	u8 wrapper;
	enum phase phase;
	u8 trailer[8];
	u32 trailer_length;
	u32 sum;
	u32 total;
	struct z_stream_s zlib;
	u8 workspace[] __aligned(16);
};

void swaccel_hisi_free_stream(struct swaccel_hisi_streams *streams,
			      struct swaccel_hisi_stream *stream)
{
	if (!list_empty(&stream->node)) {
		list_del(&stream->node);
		streams->count--;
	}
	kvfree(stream);
}

void swaccel_hisi_free_streams(struct swaccel_hisi_streams *streams)
{
	struct swaccel_hisi_stream *stream, *next;

	list_for_each_entry_safe(stream, next, &streams->list, node)
		swaccel_hisi_free_stream(streams, stream);
}

static struct swaccel_hisi_stream *find(struct swaccel_hisi_streams *streams,
					u64 key)
{
	struct swaccel_hisi_stream *stream;

	list_for_each_entry(stream, &streams->list, node)
		if (stream->key == key)
			return stream;
	return NULL;
}

struct swaccel_hisi_stream *
swaccel_hisi_find_stream(struct swaccel_hisi_streams *streams, u64 key,
			 u8 wrapper)
{
	struct swaccel_hisi_stream *stream = find(streams, key);

	if (!stream || stream->wrapper != wrapper)
		return NULL;
	list_move(&stream->node, &streams->list);
	return stream;
}

/* Room for one more. */
static void make_room(struct swaccel_hisi_streams *streams, u64 key)
{
	struct swaccel_hisi_stream *stream = find(streams, key);

	if (!stream && streams->count >= MAX_STREAMS)
		stream = list_last_entry(&streams->list,
					 struct swaccel_hisi_stream, node);
	if (stream)
		swaccel_hisi_free_stream(streams, stream);
}

struct swaccel_hisi_stream *swaccel_hisi_make_stream(u8 wrapper, int node)
{
	struct swaccel_hisi_stream *stream;

	stream = kvzalloc_node(sizeof(*stream) + zlib_inflate_workspacesize(),
			       GFP_KERNEL_ACCOUNT, node);
	if (!stream)
		return NULL;
	INIT_LIST_HEAD(&stream->node);
	stream->wrapper = wrapper;
	stream->sum = swaccel_zip_checksum_start(wrapper);
	stream->zlib.workspace = stream->workspace;
	if (zlib_inflateInit2(&stream->zlib, -MAX_WBITS) == Z_OK)
		return stream;
	kvfree(stream);
	return NULL;
}

struct swaccel_hisi_stream *
swaccel_hisi_new_stream(struct swaccel_hisi_streams *streams, u64 key,
			u8 wrapper, int node)
{
	struct swaccel_hisi_stream *stream;

	make_room(streams, key);
	stream = swaccel_hisi_make_stream(wrapper, node);
	if (!stream)
		return NULL;
	stream->key = key;
	list_add(&stream->node, &streams->list);
	streams->count++;
	return stream;
}

static int fill(struct swaccel_hisi_stream *stream,
		struct swaccel_hisi_inflation *inflation)
{
	int length = swaccel_source_next(&inflation->source);

	if (length > 0) {
		stream->zlib.next_in = inflation->source.queue->input;
		stream->zlib.avail_in = length;
	}
	return length;
}

static int emit(struct swaccel_hisi_stream *stream, struct swaccel_sink *sink,
		u32 length)
{
	void *data = sink->queue->output;

	stream->sum = swaccel_zip_checksum(stream->wrapper, stream->sum, data,
					   length);
	stream->total += length;
	return swaccel_sink_write(sink, data, length);
}

/* One call of zlib. Return: 1 when it wants input or room, 0, or an errno. */
static int inflate_step(struct swaccel_hisi_stream *stream,
			struct swaccel_hisi_inflation *inflation)
{
	struct z_stream_s *zlib = &stream->zlib;
	u32 space = swaccel_sink_space(&inflation->sink);
	u32 before = zlib->avail_in;
	int code, ret;

	/* Without space, zlib still sees the end of the stream. */
	zlib->next_out = inflation->sink.queue->output;
	zlib->avail_out = space;
	code = zlib_inflate(zlib, Z_SYNC_FLUSH);
	ret = emit(stream, &inflation->sink, space - zlib->avail_out);
	if (ret)
		return ret;
	if (code == Z_STREAM_END) {
		stream->phase = stream->wrapper == SWACCEL_RAW ? END : TRAILER;
		return 0;
	}
	if (code != Z_OK && code != Z_BUF_ERROR)
		return -EBADMSG;
	if (!zlib->avail_out)
		return !space;
	/* Room is left, so zlib stopped for want of input. */
	if (!zlib->avail_in)
		return 1;
	return before == zlib->avail_in ? -EBADMSG : 0;
}

static int inflate_body(struct swaccel_hisi_stream *stream,
			struct swaccel_hisi_inflation *inflation)
{
	int ret;

	while (stream->phase == BODY) {
		if (!stream->zlib.avail_in) {
			ret = fill(stream, inflation);
			if (ret < 0)
				return ret;
		}
		ret = inflate_step(stream, inflation);
		if (ret < 0)
			return ret;
		if (ret && (stream->zlib.avail_in || !inflation->source.left))
			return 0;
	}
	return 0;
}

static int check_trailer(const struct swaccel_hisi_stream *stream)
{
	const u8 *trailer = stream->trailer;

	if (stream->wrapper == SWACCEL_ZLIB)
		return get_unaligned_be32(trailer) == stream->sum ? 0 : -EBADE;
	if (get_unaligned_le32(trailer) != stream->sum ||
	    get_unaligned_le32(trailer + 4) != stream->total)
		return -EBADE;
	return 0;
}

static int read_trailer(struct swaccel_hisi_stream *stream,
			struct swaccel_hisi_inflation *inflation)
{
	u32 size = stream->wrapper == SWACCEL_ZLIB ? 4 : 8;
	int ret;

	while (stream->trailer_length < size) {
		if (!stream->zlib.avail_in) {
			ret = fill(stream, inflation);
			if (ret <= 0)
				return ret;
		}
		stream->trailer[stream->trailer_length++] =
			*stream->zlib.next_in++;
		stream->zlib.avail_in--;
	}
	ret = check_trailer(stream);
	if (!ret)
		stream->phase = END;
	return ret;
}

int swaccel_hisi_inflate(struct swaccel_hisi_stream *stream,
			 struct swaccel_hisi_inflation *inflation)
{
	u32 length = inflation->source.left;
	int ret;

	/* zlib wants an address, even of nothing. */
	stream->zlib.next_in = inflation->source.queue->input;
	stream->zlib.avail_in = 0;
	ret = inflate_body(stream, inflation);
	if (!ret && stream->phase == TRAILER)
		ret = read_trailer(stream, inflation);
	inflation->consumed = length - inflation->source.left -
			      stream->zlib.avail_in;
	inflation->total = stream->total;
	inflation->sum = stream->sum;
	inflation->ended = stream->phase == END;
	return ret;
}
