/* SPDX-License-Identifier: GPL-2.0 */
/* What compression and decompression of sw_zip and hisi_zip share. */
#ifndef _SWACCEL_ZIP_H
#define _SWACCEL_ZIP_H

#include <linux/types.h>

#include "stream.h"

struct swaccel_job;
struct swaccel_queue;

enum swaccel_wrapper {
	SWACCEL_RAW,
	SWACCEL_ZLIB,
	SWACCEL_GZIP,
};

#define SWACCEL_DEFAULT_LEVEL	6

/* Checksum of the plain data, as the wrapper's trailer has it. */
u32 swaccel_zip_checksum(u8 wrapper, u32 sum, const void *data, u32 length);
u32 swaccel_zip_checksum_start(u8 wrapper);

/* Return: memory of at least @size bytes, the queue's until it is freed. */
void *swaccel_zip_workspace(struct swaccel_queue *queue, size_t size);
void swaccel_zip_free_workspace(struct swaccel_queue *queue);

/**
 * struct swaccel_deflation - a compression of all of a source
 * @source: plain data
 * @sink: deflate blocks go there, no header and no trailer
 * @wrapper: enum swaccel_wrapper, for the checksum
 * @level: 1 to 9
 * @last: ends the deflate stream; else its blocks end on a byte
 * @sum: checksum, goes on from what it was
 */
struct swaccel_deflation {
	struct swaccel_source source;
	struct swaccel_sink sink;
	u8 wrapper;
	u8 level;
	bool last;
	u32 sum;
};

/* Return: 0, or a negative errno. */
int swaccel_deflate_run(struct swaccel_deflation *deflation);
/* @length: of the plain data, modulo 2^32. Return: 0, or a negative errno. */
int swaccel_zip_write_trailer(struct swaccel_sink *sink, u8 wrapper, u32 sum,
			      u32 length);

/* Jobs of sw_zip. */
int swaccel_deflate(struct swaccel_queue *queue, struct swaccel_job *job);
int swaccel_inflate(struct swaccel_queue *queue, struct swaccel_job *job);

#endif
