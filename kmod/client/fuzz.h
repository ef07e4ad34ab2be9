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

/* Of all processes. */
struct fuzz_counts {
	unsigned long submitted;
	unsigned long done;
	unsigned long processes;
	unsigned long killed;
	unsigned long ioctls;
	unsigned long doorbells;
};

extern struct fuzz_counts *fuzz_counts;

void fuzz_count(unsigned long *counter, unsigned long by);

/* From 0 to 2^31 - 1, of each thread; 0 is the seed unless another is given. */
void fuzz_seed(uint64_t seed);
int fuzz_rand(void);
uint64_t fuzz_any(void);
int fuzz_one_in(int n);
uint64_t fuzz_address(void);
uint32_t fuzz_length(void);

/* One open queue, with nothing in between that might keep us from a mistake. */
struct fuzz_queue {
	const struct fuzz_format *format;
	/* hisi_zip, or a device of the project's own that compresses. */
	int zips;
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
};

/**
 * struct fuzz_format - a queue format
 * @descriptor: bytes of a slot of the submission ring, which comes first
 * @completion: bytes of a slot of the completion ring; ends with the phase
 * @register_offset: of the register in the doorbell region
 * @commands: ioctls of its own, 0 at the end
 * @describe: asks for depth, number, and sizes. Return: 0, or not 0
 * @scribble: writes what descriptors may point to into the arena
 * @fill: makes a descriptor of FUZZ_DESCRIPTOR bytes, already random
 * @ring: tells tail and head
 */
struct fuzz_format {
	size_t descriptor;
	size_t completion;
	uint32_t register_offset;
	const unsigned long *commands;
	int (*describe)(struct fuzz_queue *queue);
	void (*scribble)(void);
	void (*fill)(const struct fuzz_queue *queue, void *descriptor);
	void (*ring)(struct fuzz_queue *queue);
};

/* Ends the process. */
void fuzz_work(const char *node);

extern const struct fuzz_format fuzz_hisi;
extern const struct fuzz_format fuzz_swaccel;

#endif
