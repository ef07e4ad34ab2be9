/* SPDX-License-Identifier: Apache-2.0 */
/* swaccel-fuzz: descriptors and lists of hisi_zip and hisi_sec2. */
#include <misc/uacce/swhisi.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fuzz.h"
#include "internal.h"

static const unsigned long commands[] = {
	SWHISI_CMD_SET_QP_CTX, SWHISI_CMD_SET_QP_INFO, 0,
};

static int describe(struct fuzz_queue *queue)
{
	struct swhisi_qp_ctx ctx = { .direction = (uint16_t)(fuzz_rand() % 2) };
	struct swhisi_qp_info info = { 0 };
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (ioctl(queue->file, SWHISI_CMD_SET_QP_CTX, &ctx) ||
	    ioctl(queue->file, SWHISI_CMD_SET_QP_INFO, &info))
		return -1;
	queue->number = ctx.id;
	queue->depth = info.submission_depth;
	queue->memory_size = queue->depth * (fuzz_hisi.descriptor +
					     fuzz_hisi.completion) + 8;
	queue->memory_size = (queue->memory_size + page - 1) / page * page;
	queue->doorbell_size = 2 * SWHISI_DOORBELL;
	return 0;
}

/* Tables everywhere in the arena, some of which lead back to themselves. */
static void scribble(void)
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

static void fill_zip(struct swhisi_zip *zip)
{
	zip->length = fuzz_length();
	zip->room = fuzz_length();
	if (!fuzz_one_in(8))
		zip->control = (zip->control & 0x0fffffff) | 0x30000000;
	if (fuzz_one_in(2))
		zip->control &= ~SWHISI_ZIP_SKIP;
	if (!fuzz_one_in(8))
		zip->algorithm = (uint32_t)(1 + fuzz_rand() % 3) |
				 (uint32_t)(fuzz_rand() % 2) << 8;
	zip->source = fuzz_address();
	zip->destination = fuzz_address();
	if (!fuzz_one_in(4))
		zip->stream = (uint64_t)fuzz_rand() % 300;
}

static void fill_sec(struct swhisi_sec *sec)
{
	if (!fuzz_one_in(8))
		sec->param = (sec->param & ~0x1fu) | SWHISI_SEC_TYPE;
	if (fuzz_one_in(3))
		sec->mac &= ~3u;
	if (fuzz_one_in(3))
		sec->cipher &= (uint16_t)~3u;
	if (fuzz_one_in(2))
		sec->mac = (sec->mac & ~(0x3fu << 15)) |
			   (uint32_t)(fuzz_rand() % 6) << 15;
	if (!fuzz_one_in(4))
		sec->mode = (uint8_t)(SWHISI_SEC_AES << 4 | fuzz_rand() % 8);
	sec->source = fuzz_address();
	sec->destination = fuzz_address();
	sec->result = fuzz_address();
	sec->start = fuzz_address();
	sec->key = fuzz_address();
	sec->mac_key = fuzz_address();
	sec->mac_start = fuzz_address();
	sec->mac_length = fuzz_length();
	sec->cipher_length = fuzz_length();
	if (!fuzz_one_in(2))
		sec->total = (uint64_t)(fuzz_rand() % 4096) * 512;
}

static void fill(const struct fuzz_queue *queue, void *descriptor)
{
	if (queue->zips)
		fill_zip(descriptor);
	else
		fill_sec(descriptor);
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
	.scribble = scribble,
	.fill = fill,
	.ring = ring,
};
