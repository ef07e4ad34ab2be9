/* SPDX-License-Identifier: GPL-2.0 */
/* What compression and decompression of sw_zip share. */
#ifndef _SWACCEL_ZIP_H
#define _SWACCEL_ZIP_H

#include <linux/types.h>

struct swaccel_job;
struct swaccel_queue;

enum swaccel_wrapper {
	SWACCEL_RAW,
	SWACCEL_ZLIB,
	SWACCEL_GZIP,
};

/* Checksum of the plain data, as the wrapper's trailer has it. */
u32 swaccel_zip_checksum(u8 wrapper, u32 sum, const void *data, u32 length);
u32 swaccel_zip_checksum_start(u8 wrapper);

/* Return: memory of at least @size bytes, the queue's until it is freed. */
void *swaccel_zip_workspace(struct swaccel_queue *queue, size_t size);

int swaccel_deflate(struct swaccel_queue *queue, struct swaccel_job *job);
int swaccel_inflate(struct swaccel_queue *queue, struct swaccel_job *job);

#endif
