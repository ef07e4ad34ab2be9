/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of swaccel-fuzz: random values, memory for work, counts, formats. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of fuzz_arena, which may be written over. */
#define FUZZ_ARENA	(1u << 20)
/* Bytes of the longest descriptor. */
#define FUZZ_DESCRIPTOR	128

extern unsigned char *fuzz_arena;

/*
 * What a descriptor is of, before anything in it is changed: for each of them
 * there are starting points that a device accepts. Names are in fuzz_kinds.c.
 */
enum fuzz_kind {
	FUZZ_NO_KIND,
	/* Accepted although something was changed. */
	FUZZ_CHANGED,
	/* Version 2 and 3; compression and decompression; format; whole, part. */
	FUZZ_ZIP,
	FUZZ_DIGEST = FUZZ_ZIP + 24,
	FUZZ_HMAC = FUZZ_DIGEST + 6,
	FUZZ_CIPHER = FUZZ_HMAC + 6,
	FUZZ_AEAD = FUZZ_CIPHER + 6,
	/* By number of operation. */
	FUZZ_DMA = FUZZ_AEAD + 7,
	FUZZ_SEC = FUZZ_DMA + 2,
	FUZZ_OWN_ZIP = FUZZ_SEC + 4,
	FUZZ_KINDS = FUZZ_OWN_ZIP + 6,
};

extern const char *const fuzz_kind_names[FUZZ_KINDS];

/* Of all processes. */
struct fuzz_counts {
	unsigned long submitted;
	unsigned long done;
	unsigned long processes;
	unsigned long killed;
	unsigned long ioctls;
	unsigned long doorbells;
	unsigned long accepted[FUZZ_KINDS];
};

extern struct fuzz_counts *fuzz_counts;

void fuzz_count(unsigned long *counter, unsigned long by);

/* Of a queue that has one, 0 or 1; each process has another. */
extern int fuzz_direction;

/* From 0 to 2^31 - 1, of each thread; 0 is the seed unless another is given. */
void fuzz_seed(uint64_t seed);
int fuzz_rand(void);
uint64_t fuzz_any(void);
int fuzz_one_in(int n);
uint64_t fuzz_address(void);
uint32_t fuzz_length(void);
/* Where so many bytes of the arena are. */
uint64_t fuzz_place(uint32_t size);

/* Plain data, packed: of deflate, zlib, gzip. */
#define FUZZ_PLAIN	20000u

struct fuzz_packed {
	unsigned char data[FUZZ_PLAIN];
	uint32_t size;
	/* Bytes of the header. */
	uint32_t header;
};

extern struct fuzz_packed fuzz_packed[3];

/* Return: 0, or not 0. */
int fuzz_pack(void);

/* One open queue, with nothing in between that might keep us from a mistake. */
struct fuzz_queue {
	const struct fuzz_format *format;
	/* hisi_zip, or a device of the project's own that compresses. */
	int zips;
	/* hisi_sec2, or such a device of the project's own. */
	int hashes;
	/* Of hisi_zip, 2 or 3. */
	int version;
	int decompresses;
	int file;
	uint32_t depth;
	uint32_t number;
	size_t memory_size;
	size_t doorbell_size;
	unsigned char *memory;
	unsigned char *doorbell;
	uint32_t tail;
	uint32_t head;
	uint16_t phase;
	/* enum fuzz_kind, of each slot. */
	unsigned char *kinds;
	/* Memory for lists, of each slot. */
	unsigned char *lists;
	/* How far the stream is that is decompressed in parts. */
	uint32_t streamed;
};

/**
 * struct fuzz_format - a queue format
 * @descriptor: bytes of a slot of the submission ring, which comes first
 * @completion: bytes of a slot of the completion ring; ends with the phase
 * @register_offset: of the register in the doorbell region
 * @commands: ioctls of its own, 0 at the end
 * @describe: asks for depth, number, and sizes. Return: 0, or not 0
 * @scribble: writes what descriptors may point to into the arena
 * @fill: makes a descriptor of FUZZ_DESCRIPTOR zeros that the device accepts.
 *	Return: what it is of
 * @accepted: whether the device did what such a descriptor says
 * @slot: offset of the number of a descriptor's slot in its completion
 * @ring: tells tail and head
 */
struct fuzz_format {
	size_t descriptor;
	size_t completion;
	uint32_t register_offset;
	const unsigned long *commands;
	int (*describe)(struct fuzz_queue *queue);
	void (*scribble)(void);
	enum fuzz_kind (*fill)(struct fuzz_queue *queue, void *descriptor);
	int (*accepted)(const struct fuzz_queue *queue, const void *descriptor,
			const void *completion);
	size_t slot;
	void (*ring)(struct fuzz_queue *queue);
};

/* Ends the process. `version`: of a hisi_zip. */
void fuzz_work(const char *node, int version);

/* Bytes of a list's tables. */
#define FUZZ_LIST	1024

/* A list of buffers over memory; for the slot at the tail, `second` or not. */
uint64_t fuzz_list(const struct fuzz_queue *queue, uint64_t address,
		   uint32_t size, int second);
/* Tables anywhere in the arena, some of which lead back to themselves. */
void fuzz_scribble_lists(void);

enum fuzz_kind fuzz_fill_zip(struct fuzz_queue *queue, void *descriptor);
enum fuzz_kind fuzz_fill_sec(struct fuzz_queue *queue, void *descriptor);

extern const struct fuzz_format fuzz_hisi;
extern const struct fuzz_format fuzz_swaccel;

#endif
