/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of buffers, and queues that are kept full. */
#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "hisi_work.h"
#include "internal.h"

/* Small tables, so that lists have several. */
#define ENTRIES	16

struct table {
	struct swhisi_sgl head;
	struct swhisi_sge entries[ENTRIES];
};

static void fill_table(struct table *table, uintptr_t address, size_t *size,
		       size_t buffer)
{
	size_t length;
	int i;

	for (i = 0; i < ENTRIES && *size; i++) {
		length = *size < buffer ? *size : buffer;
		table->entries[i].address = address;
		table->entries[i].length = (uint32_t)length;
		address += length;
		*size -= length;
	}
	table->head.entries = (uint16_t)i;
}

uint64_t hisi_make_list(const void *data, size_t size, size_t buffer,
			void **memory)
{
	size_t whole = size, per_table = buffer * ENTRIES;
	size_t count = (size + per_table - 1) / per_table + 1;
	struct table *tables;
	size_t i;

	if (posix_memalign(memory, 64, count * sizeof(*tables)))
		return 0;
	tables = *memory;
	memset(tables, 0, count * sizeof(*tables));
	for (i = 0; i + 1 < count; i++) {
		fill_table(&tables[i], (uintptr_t)data + (whole - size), &size,
			   buffer);
		/* The last one is empty. */
		tables[i].head.next = (uintptr_t)&tables[i + 1];
	}
	return (uintptr_t)tables;
}

#define SLOTS	4096

static struct swhisi_sec describe(const struct hisi_work *work, uint64_t tag,
				  unsigned char *digest)
{
	return (struct swhisi_sec) {
		.param = SWHISI_SEC_TYPE,
		.tag = tag,
		.source = (uintptr_t)work->data,
		.mac = SWHISI_SEC_AUTHENTICATE | SWHISI_SEC_SHA256 << 15,
		.mac_length = (uint32_t)work->size,
		.result = (uintptr_t)digest,
	};
}

/* In order, each once, and right. */
static int check(const struct swhisi_sec *done, uint64_t tag,
		 const unsigned char *digest, const unsigned char *right)
{
	if (done->tag != tag)
		return swclient_fail(EBADMSG, "%llu came instead of %llu",
				     (unsigned long long)done->tag,
				     (unsigned long long)tag);
	if (done->done != SWHISI_SEC_DONE || done->error)
		return swclient_fail(EIO, "error %u", done->error);
	if (memcmp(digest, right, SHA256_DIGEST_LENGTH))
		return swclient_fail(EBADMSG, "the digest differs");
	return 0;
}

static int pump(const struct hisi_work *work, struct hisi_queue *queue,
		unsigned long count)
{
	static unsigned char digests[SLOTS][SHA256_DIGEST_LENGTH];
	unsigned char right[SHA256_DIGEST_LENGTH];
	unsigned long sent = 0, taken;
	struct swhisi_sec sec;
	unsigned char *digest;
	int ret = 0;

	SHA256(work->data, work->size, right);
	for (taken = 0; taken < count && !ret; taken++) {
		/* As many as the queue takes. */
		while (!ret && sent < count) {
			sec = describe(work, sent, digests[sent % SLOTS]);
			ret = hisi_submit(queue, &sec);
			sent += !ret;
		}
		if (ret && ret != -EAGAIN)
			return ret;
		ret = hisi_wait(queue, work->timeout_ms, &sec);
		digest = digests[taken % SLOTS];
		if (!ret)
			ret = check(&sec, taken, digest, right);
		memset(digest, 0, SHA256_DIGEST_LENGTH);
	}
	return ret;
}

int hisi_run_async(const struct hisi_work *work, unsigned long count)
{
	struct hisi_queue *queue;
	int ret = hisi_check_sec_size(work->size);

	if (ret)
		return ret;
	queue = hisi_open(work->node, 0);
	if (!queue)
		return -1;
	ret = pump(work, queue, count);
	hisi_close(queue);
	return ret;
}
