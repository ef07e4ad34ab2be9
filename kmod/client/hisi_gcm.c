/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-GCM in parts: the hash lies in our memory between them, and the tag is
 * made of it here, as the libraries of this hardware do it.
 */
#include <errno.h>
#include <openssl/aes.h>
#include <stdlib.h>
#include <string.h>

#include "hisi_aead.h"
#include "internal.h"

#define BLOCK	16

struct block {
	unsigned char bytes[BLOCK];
};

static void add(struct block *to, const struct block *other)
{
	int i;

	for (i = 0; i < BLOCK; i++)
		to->bytes[i] ^= other->bytes[i];
}

/* In GCM's field the first bit is that of the lowest power. */
static void halve(struct block *block)
{
	int carry = 0, i, low;

	for (i = 0; i < BLOCK; i++) {
		low = block->bytes[i] & 1;
		block->bytes[i] = (unsigned char)(block->bytes[i] >> 1 |
						  carry << 7);
		carry = low;
	}
	if (carry)
		block->bytes[0] ^= 0xe1;
}

static struct block multiply(const struct block *left, struct block right)
{
	struct block product = { { 0 } };
	int bit;

	for (bit = 0; bit < BLOCK * 8; bit++) {
		if (left->bytes[bit / 8] & 0x80 >> bit % 8)
			add(&product, &right);
		halve(&right);
	}
	return product;
}

static void put_big_endian(unsigned char *to, size_t bytes, uint64_t value)
{
	while (bytes--) {
		to[bytes] = (unsigned char)value;
		value >>= 8;
	}
}

static struct block encrypt_block(const struct hisi_work *work,
				  struct block block)
{
	AES_KEY key;

	AES_set_encrypt_key(hisi_key, atoi(work->name + 4), &key);
	AES_encrypt(block.bytes, block.bytes, &key);
	return block;
}

static struct block counter_block(uint32_t number)
{
	struct block counter;

	memcpy(counter.bytes, hisi_start, AEAD_NONCE);
	put_big_endian(counter.bytes + AEAD_NONCE, 4, number);
	return counter;
}

static struct block make_tag(const struct hisi_work *work, struct block hash)
{
	const struct block zero = { { 0 } };
	struct block lengths, tag;

	put_big_endian(lengths.bytes, 8, AEAD_EXTRA * 8);
	put_big_endian(lengths.bytes + 8, 8, work->size * 8);
	add(&hash, &lengths);
	tag = multiply(&hash, encrypt_block(work, zero));
	hash = encrypt_block(work, counter_block(1));
	add(&tag, &hash);
	return tag;
}

static struct swhisi_sec describe(const struct hisi_work *work, bool encrypt,
				  struct block *hash)
{
	struct swhisi_sec sec = hisi_describe_cipher(work, encrypt);

	sec.param = SWHISI_SEC_TYPE | SWHISI_SEC_STREAM << 5;
	sec.key = 0;
	sec.mac_key = (uintptr_t)hisi_key;
	sec.mac_start = (uintptr_t)hash;
	sec.result = (uintptr_t)hash;
	sec.padding = 1;
	return sec;
}

/* What is authenticated only. */
static int run_first(const struct hisi_work *work, struct hisi_queue *queue,
		     struct block *hash)
{
	struct swhisi_sec sec = describe(work, true, hash);

	sec.cipher &= (uint16_t)~3u;
	sec.mac = SWHISI_SEC_AUTHENTICATE | BLOCK / 4 << 4 |
		  SWHISI_SEC_GMAC << 15;
	sec.source = (uintptr_t)work->data;
	sec.mac_length = AEAD_EXTRA;
	sec.cipher_length = 0;
	return hisi_execute_sec(work, queue, &sec);
}

static int run_middles(const struct hisi_work *work, struct hisi_queue *queue,
		       bool encrypt, const unsigned char *from,
		       unsigned char *to, struct block *hash)
{
	size_t part = work->part & ~(size_t)(BLOCK - 1), at, step;
	struct block counter;
	struct swhisi_sec sec;
	int ret = 0;

	if (!part)
		part = BLOCK;
	for (at = 0; !ret && at < work->size; at += step) {
		step = work->size - at < part ? work->size - at : part;
		counter = counter_block((uint32_t)(1 + at / BLOCK));
		sec = describe(work, encrypt, hash);
		sec.mac = 1 << 2;
		sec.start = (uintptr_t)&counter;
		sec.source = (uintptr_t)from + at;
		sec.destination = (uintptr_t)to + at;
		sec.cipher_length = (uint32_t)step;
		ret = hisi_execute_sec(work, queue, &sec);
	}
	return ret;
}

static int run(const struct hisi_work *work, struct hisi_queue *queue,
	       bool encrypt, const unsigned char *from, unsigned char *to,
	       const unsigned char *right_tag)
{
	struct block hash, tag;
	int ret;

	ret = run_first(work, queue, &hash);
	if (!ret)
		ret = run_middles(work, queue, encrypt, from, to, &hash);
	if (ret)
		return ret;
	tag = make_tag(work, hash);
	if (memcmp(&tag, right_tag, BLOCK))
		return swclient_fail(EBADMSG, "OpenSSL gets another tag");
	return 0;
}

int aead_gcm_in_parts(const struct hisi_work *work, struct hisi_queue *queue,
		      const unsigned char *right, const unsigned char *right_tag,
		      unsigned char *out, unsigned char *back)
{
	const unsigned char *data = work->data + AEAD_EXTRA;
	int ret;

	ret = run(work, queue, true, data, out, right_tag);
	if (!ret && memcmp(out, right, work->size))
		ret = swclient_fail(EBADMSG, "OpenSSL encrypts to other data");
	if (!ret)
		ret = run(work, queue, false, out, back, right_tag);
	if (!ret && memcmp(back, data, work->size))
		ret = swclient_fail(EBADMSG, "the decrypted data differs");
	return ret;
}
