/* SPDX-License-Identifier: Apache-2.0 */
/* swaccel-fuzz: descriptors of the project's own format. */
#include <misc/uacce/swaccel.h>
#include <stdlib.h>
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

static void fill(const struct fuzz_queue *queue, void *memory)
{
	struct swaccel_descriptor *descriptor = memory;
	/* The first operation of each engine, and how many follow. */
	int first = queue->zips ? 32 : fuzz_one_in(2) ? 1 : 16;

	if (!fuzz_one_in(16))
		descriptor->operation = (uint8_t)(first + fuzz_rand() % 6);
	if (!fuzz_one_in(16))
		descriptor->flags = 0;
	if (!fuzz_one_in(16))
		memset(descriptor->reserved, 0, sizeof(descriptor->reserved));
	if (!fuzz_one_in(4))
		descriptor->seed = 0;
	descriptor->level = (uint8_t)(queue->zips ? fuzz_rand() % 11 : 0);
	descriptor->source = fuzz_address();
	descriptor->source_length = fuzz_length();
	descriptor->destination = fuzz_one_in(8) ? 0 : fuzz_address();
	descriptor->destination_length = fuzz_length();
	descriptor->key = fuzz_one_in(2) ? 0 : fuzz_address();
	descriptor->key_length = descriptor->key ? fuzz_length() % 5000 : 0;
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
	.ring = ring,
};
