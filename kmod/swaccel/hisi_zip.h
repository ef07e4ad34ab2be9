/* SPDX-License-Identifier: GPL-2.0 */
/* Streams of hisi_zip that are being decompressed. */
#ifndef _SWACCEL_HISI_ZIP_H
#define _SWACCEL_HISI_ZIP_H

#include <linux/list.h>
#include <linux/zlib.h>

#include "zip.h"

struct swaccel_hisi_stream;

/**
 * struct swaccel_hisi_streams - the streams of a queue, the newest first
 * @list: of struct swaccel_hisi_stream
 * @count: of @list; the oldest goes when there are too many
 */
struct swaccel_hisi_streams {
	struct list_head list;
	unsigned int count;
};

/**
 * struct swaccel_hisi_inflation - one descriptor that decompresses
 * @source: input, without a header
 * @sink: for the plain data
 * @consumed: result, bytes of the source
 * @total: result, bytes of the stream so far
 * @sum: result, checksum of the stream so far
 * @ended: result, the stream and its trailer are complete
 */
struct swaccel_hisi_inflation {
	struct swaccel_source source;
	struct swaccel_sink sink;
	u32 consumed;
	u32 total;
	u32 sum;
	bool ended;
};

/* Of data that comes whole: among no others. Return: NULL without memory. */
struct swaccel_hisi_stream *swaccel_hisi_make_stream(u8 wrapper, int node);
/* Forgets the stream of that key, if there is one, and begins it anew. */
struct swaccel_hisi_stream *
swaccel_hisi_new_stream(struct swaccel_hisi_streams *streams, u64 key,
			u8 wrapper, int node);
/* Return: the stream, or NULL. */
struct swaccel_hisi_stream *
swaccel_hisi_find_stream(struct swaccel_hisi_streams *streams, u64 key,
			 u8 wrapper);
void swaccel_hisi_free_stream(struct swaccel_hisi_streams *streams,
			      struct swaccel_hisi_stream *stream);
void swaccel_hisi_free_streams(struct swaccel_hisi_streams *streams);

/*
 * Goes on until the stream ends, the input is used up, or the output is full.
 * Return: 0, or a negative errno, as struct swaccel_operation's @run.
 */
int swaccel_hisi_inflate(struct swaccel_hisi_stream *stream,
			 struct swaccel_hisi_inflation *inflation);

#endif
