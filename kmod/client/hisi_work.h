/* SPDX-License-Identifier: Apache-2.0 */
/* Work for a queue, checked against zlib and OpenSSL. */
#ifndef HISI_WORK_H
#define HISI_WORK_H

#include <stdbool.h>
#include <stddef.h>

#include "hisi.h"

/**
 * struct hisi_work - what to compute, and how
 * @node: device node
 * @name: of the operation
 * @data: input
 * @size: its bytes
 * @part: bytes a descriptor; 0: all at once
 * @buffer: bytes of a buffer of a list; 0: no lists
 * @version: of the queues, 2 or 3
 * @key_size: bytes of an HMAC's key
 * @timeout_ms: for one descriptor
 */
struct hisi_work {
	const char *node;
	const char *name;
	const unsigned char *data;
	size_t size;
	unsigned long part;
	unsigned long buffer;
	unsigned int version;
	unsigned long key_size;
	int timeout_ms;
};

struct hisi_operation {
	const char *name;
	/* As functions.json has it. */
	const char *group;
	int (*run)(const struct hisi_work *work);
};

extern const struct hisi_operation hisi_zip_operations[];
extern const struct hisi_operation hisi_sec_operations[];
extern const struct hisi_operation hisi_aead_operations[];

/* Of every cipher, as much of it as it takes. */
extern const unsigned char hisi_key[64];
extern const unsigned char hisi_start[16];
/* Of an HMAC: as many words as a descriptor can tell. */
#define HISI_MOST_KEY	252
const unsigned char *hisi_hmac_key(void);

/* Bytes of the longest input of a descriptor of hisi_sec2. */
#define HISI_MOST_SEC	0xffffffu
/* 0, or EINVAL. */
int hisi_check_sec_size(size_t size);

/* A cipher over `work->size` bytes, without addresses of data. */
struct swhisi_sec hisi_describe_cipher(const struct hisi_work *work,
				       bool encrypt);
/*
 * Executes it, on lists of buffers if `work` says so. EBADMSG: the tag is
 * wrong; EIO: the device reports an error.
 */
int hisi_execute_sec(const struct hisi_work *work, struct hisi_queue *queue,
		     struct swhisi_sec *sec);

/*
 * A list over `size` bytes at `data`; free() what `*memory` gets. Return: the
 * address of the first table, 0 without memory.
 */
uint64_t hisi_make_list(const void *data, size_t size, size_t buffer,
			void **memory);

/* `count` small digests, as many outstanding as the queue takes. */
int hisi_run_async(const struct hisi_work *work, unsigned long count);

#endif
