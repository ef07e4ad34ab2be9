/* SPDX-License-Identifier: Apache-2.0 */
/* swaccel-fuzz: descriptors of the project's own format. */
#include <misc/uacce/swaccel.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fuzz.h"
#include "internal.h"

static const unsigned long commands[] = { SWACCEL_CMD_QUEUE_INFO, 0 };

static int describe(struct fuzz_queue *queue)
{
	struct swaccel_queue_info info;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (ioctl(queue->file, SWACCEL_CMD_QUEUE_INFO, &info))
		return -1;
	queue->depth = info.depth;
	queue->memory_size = info.state_offset +
			     sizeof(struct swaccel_queue_state);
	queue->memory_size = (queue->memory_size + page - 1) / page * page;
	queue->doorbell_size = page;
	return 0;
}

/* Beginnings of zlib and gzip streams, followed by anything. */
static void scribble(void)
{
	static const unsigned char heads[][4] = {
		{ 0x78, 0x9c, 0xed, 0xc1 }, { 0x1f, 0x8b, 0x08, 0x00 },
		{ 0x4b, 0x04, 0x00, 0x00 }, { 0x01, 0xff, 0xff, 0x00 },
	};
	int i;

	for (i = 0; i < 64; i++)
		memcpy(fuzz_arena + (size_t)fuzz_rand() % (FUZZ_ARENA - 4),
		       heads[fuzz_rand() % 4], 4);
}

static void place_packed(struct swaccel_descriptor *descriptor)
{
	/* The operations are zlib, deflate, gzip; packed are deflate, zlib, gzip. */
	static const int order[] = { 1, 0, 2 };
	int format = order[(descriptor->operation - SWACCEL_ZLIB_COMPRESS) / 2];

	descriptor->source = (uintptr_t)fuzz_packed[format].data;
	descriptor->source_length = fuzz_packed[format].size;
}

static enum fuzz_kind fill_zip(struct swaccel_descriptor *descriptor)
{
	int which = fuzz_rand() % 6;

	descriptor->operation = (uint8_t)(SWACCEL_ZLIB_COMPRESS + which);
	descriptor->destination_length = 2 * FUZZ_PLAIN;
	if (which & 1)
		place_packed(descriptor);
	else
		descriptor->level = (uint8_t)(fuzz_rand() % 10);
	return FUZZ_OWN_ZIP + (enum fuzz_kind)which;
}

static enum fuzz_kind fill_sec(struct swaccel_descriptor *descriptor)
{
	int which = fuzz_rand() % 4;

	descriptor->operation = (uint8_t)(SWACCEL_SHA256 + which);
	descriptor->destination_length = 64;
	if (which >= 2) {
		descriptor->key = fuzz_place(SWACCEL_MAX_KEY);
		descriptor->key_length = (uint32_t)fuzz_rand() % SWACCEL_MAX_KEY;
	}
	return FUZZ_SEC + (enum fuzz_kind)which;
}

static enum fuzz_kind fill_dma(struct swaccel_descriptor *descriptor)
{
	int which = fuzz_rand() % 2;

	descriptor->operation = (uint8_t)(SWACCEL_MEMMOVE + which);
	if (which) {
		descriptor->destination = 0;
		descriptor->seed = (uint32_t)fuzz_any();
	} else {
		descriptor->destination_length = descriptor->source_length;
	}
	return FUZZ_DMA + (enum fuzz_kind)which;
}

static enum fuzz_kind fill(struct fuzz_queue *queue, void *memory)
{
	struct swaccel_descriptor *descriptor = memory;

	descriptor->cookie = fuzz_any();
	descriptor->source = fuzz_place(FUZZ_PLAIN);
	descriptor->source_length = (uint32_t)fuzz_rand() % FUZZ_PLAIN;
	descriptor->destination = fuzz_place(2 * FUZZ_PLAIN);
	if (queue->zips)
		return fill_zip(descriptor);
	return queue->hashes ? fill_sec(descriptor) : fill_dma(descriptor);
}

static int accepted(const struct fuzz_queue *queue, const void *descriptor,
		    const void *completion)
{
	const struct swaccel_completion *done = completion;

	(void)queue;
	(void)descriptor;
	return done->status == SWACCEL_OK;
}

static void ring(struct fuzz_queue *queue)
{
	store_doorbell(queue->doorbell,
		       SWACCEL_DOORBELL(queue->tail, queue->head));
}

const struct fuzz_format fuzz_swaccel = {
	.descriptor = sizeof(struct swaccel_descriptor),
	.completion = sizeof(struct swaccel_completion),
	.commands = commands,
	.describe = describe,
	.scribble = scribble,
	.fill = fill,
	.accepted = accepted,
	.slot = offsetof(struct swaccel_completion, submission_head),
	.ring = ring,
};
