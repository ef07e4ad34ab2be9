/* SPDX-License-Identifier: Apache-2.0 */
/* swaccel-fuzz: queues and lists of hisi_zip and hisi_sec2. */
#include <misc/uacce/swhisi.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fuzz.h"
#include "internal.h"

static const unsigned long commands[] = {
	SWHISI_CMD_SET_QP_CTX, SWHISI_CMD_SET_QP_INFO, 0,
};

static int describe(struct fuzz_queue *queue)
{
	struct swhisi_qp_ctx ctx = { .direction = (uint16_t)fuzz_direction };
	struct swhisi_qp_info info = { 0 };
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (ioctl(queue->file, SWHISI_CMD_SET_QP_CTX, &ctx) ||
	    ioctl(queue->file, SWHISI_CMD_SET_QP_INFO, &info))
		return -1;
	queue->number = ctx.id;
	queue->decompresses = ctx.direction;
	queue->depth = info.submission_depth;
	queue->memory_size = queue->depth * (fuzz_hisi.descriptor +
					     fuzz_hisi.completion) + 8;
	queue->memory_size = (queue->memory_size + page - 1) / page * page;
	queue->doorbell_size = 2 * SWHISI_DOORBELL;
	return 0;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Return: bytes that are left. */
static uint32_t fill_table(struct swhisi_sgl *table, uint64_t address,
			   uint32_t size, uint32_t most)
{
	struct swhisi_sge *entry = (void *)(table + 1);

	while (size && table->entries < 7) {
		entry->address = address;
		entry->length = smaller(size, table->entries == 6 ? size : most);
		address += entry->length;
		size -= entry->length;
		entry++;
		table->entries++;
		/* Not all of it into one table. */
		if (table->entries == 3 && most < size)
			break;
	}
	return size;
}

uint64_t fuzz_list(const struct fuzz_queue *queue, uint64_t address,
		   uint32_t size, int second)
{
	unsigned char *memory = queue->lists +
				(queue->tail * 2ul + (size_t)second) * FUZZ_LIST;
	struct swhisi_sgl *table = (void *)memory;
	uint32_t most = 1 + (uint32_t)fuzz_rand() % 9000, left;

	memset(memory, 0, FUZZ_LIST);
	left = fill_table(table, address, size, most);
	if (left) {
		table->next = (uintptr_t)(memory + FUZZ_LIST / 2);
		table = (void *)(memory + FUZZ_LIST / 2);
		fill_table(table, address + size - left, left, left);
	}
	return (uintptr_t)memory;
}

void fuzz_scribble_lists(void)
{
	struct swhisi_sgl *table;
	struct swhisi_sge *entry;
	int i, j;

	for (i = 0; i < 64; i++) {
		table = (void *)(fuzz_arena +
				 (size_t)(fuzz_rand() % (FUZZ_ARENA / 64 - 160)) *
				 64);
		table->next = fuzz_one_in(2) ? fuzz_address() & ~63ull : 0;
		table->entries = (uint16_t)(fuzz_one_in(8) ? fuzz_rand() :
					    fuzz_rand() % 8);
		entry = (void *)(table + 1);
		for (j = 0; j < 8; j++) {
			entry[j].address = fuzz_address();
			entry[j].length = fuzz_length();
		}
	}
}

static enum fuzz_kind fill(struct fuzz_queue *queue, void *descriptor)
{
	return queue->zips ? fuzz_fill_zip(queue, descriptor) :
			     fuzz_fill_sec(queue, descriptor);
}

static int accepted(const struct fuzz_queue *queue, const void *descriptor,
		    const void *completion)
{
	const struct swhisi_zip *zip = descriptor;
	const struct swhisi_sec *sec = descriptor;
	uint32_t status = zip->status & 0xff;

	(void)completion;
	if (queue->zips)
		return status == SWHISI_ZIP_OK ||
		       status == SWHISI_ZIP_STREAM_END;
	return sec->done == SWHISI_SEC_DONE && sec->error == SWHISI_SEC_OK;
}

static void ring(struct fuzz_queue *queue)
{
	void *address = queue->doorbell + SWHISI_DOORBELL;

	store_doorbell(address,
		       SWHISI_DOORBELL_VALUE(queue->number,
					     SWHISI_DOORBELL_COMPLETION,
					     queue->head));
	store_doorbell(address,
		       SWHISI_DOORBELL_VALUE(queue->number,
					     SWHISI_DOORBELL_SUBMISSION,
					     queue->tail));
}

const struct fuzz_format fuzz_hisi = {
	.descriptor = 128,
	.completion = sizeof(struct swhisi_completion),
	.register_offset = SWHISI_DOORBELL,
	.commands = commands,
	.describe = describe,
	.scribble = fuzz_scribble_lists,
	.fill = fill,
	.accepted = accepted,
	.slot = offsetof(struct swhisi_completion, submission_head),
	.ring = ring,
};
