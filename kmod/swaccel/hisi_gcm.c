// SPDX-License-Identifier: GPL-2.0
/*
 * AES-GCM by the kernel's CTR and GHASH, a chunk at a time. A message in parts
 * has its hash in user space meanwhile, as the interface has it: the first
 * part hashes what is authenticated only, those in the middle encrypt and hash
 * on, and the last is done by the library.
 */
#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <crypto/utils.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <uapi/misc/uacce/swhisi.h>

#include "hisi_sec.h"

#define NONCE		12
#define LEAST_TAG	4

/**
 * struct gcm - a message, or a part of one
 * @queue: whose it is
 * @cipher: CTR
 * @hash: GHASH, its tfm in @tfm
 * @tfm: GHASH
 * @pending: a state to go on from, which enters with the first block
 * @encrypt: else decrypts
 * @source: input
 * @sink: output
 */
struct gcm {
	struct swaccel_queue *queue;
	struct crypto_skcipher *cipher;
	struct shash_desc *hash;
	struct crypto_shash *tfm;
	u8 pending[AES_BLOCK_SIZE];
	bool encrypt;
	struct swaccel_source source;
	struct swaccel_sink sink;
};

/* GHASH of a block is linear in what came before: it is added to the block. */
static int hash(struct gcm *gcm, u8 *data, u32 length)
{
	u8 block[AES_BLOCK_SIZE] = { };
	u32 first = min_t(u32, length, AES_BLOCK_SIZE);
	int ret;

	if (!length)
		return 0;
	if (!memchr_inv(gcm->pending, 0, sizeof(gcm->pending)))
		return crypto_shash_update(gcm->hash, data, length);
	memcpy(block, data, first);
	crypto_xor(block, gcm->pending, sizeof(block));
	memset(gcm->pending, 0, sizeof(gcm->pending));
	ret = crypto_shash_update(gcm->hash, block, sizeof(block));
	return ret ?: crypto_shash_update(gcm->hash, data + first,
					  length - first);
}

static int pad(struct gcm *gcm, u32 length)
{
	static const u8 zeros[AES_BLOCK_SIZE];

	return crypto_shash_update(gcm->hash, zeros,
				   -length & (AES_BLOCK_SIZE - 1));
}

/* What is authenticated and not encrypted is passed on. */
static int pass_on(struct gcm *gcm, u32 length, bool copies)
{
	u8 *data = gcm->queue->output;
	u32 left, step;
	int ret = 0;

	for (left = length; left && !ret; left -= step) {
		step = min(left, SWACCEL_CHUNK);
		ret = swaccel_cursor_read(&gcm->source.cursor, data, step);
		if (ret == -ENODATA)
			ret = -EINVAL;
		if (!ret)
			ret = hash(gcm, data, step);
		if (!ret && copies)
			ret = swaccel_sink_write(&gcm->sink, data, step);
	}
	return ret ?: pad(gcm, length);
}

static int crypt_chunk(struct gcm *gcm, u32 length, u8 *counter)
{
	void *data = gcm->queue->input;
	int ret;

	ret = gcm->encrypt ? 0 : hash(gcm, data, length);
	if (!ret)
		ret = swaccel_sec_crypt(gcm->cipher, true, data, length,
					counter);
	if (!ret && gcm->encrypt)
		ret = hash(gcm, data, length);
	return ret ?: swaccel_sink_write(&gcm->sink, data, length);
}

static int crypt_all(struct gcm *gcm, u8 *counter)
{
	u32 total = gcm->source.left;
	int length, ret;

	while ((length = swaccel_source_next(&gcm->source)) > 0) {
		ret = crypt_chunk(gcm, length, counter);
		if (ret)
			return ret;
	}
	return length ?: pad(gcm, total);
}

static void close_gcm(struct gcm *gcm)
{
	if (gcm->cipher)
		crypto_free_skcipher(gcm->cipher);
	if (gcm->tfm)
		crypto_free_shash(gcm->tfm);
}

/* The key of GHASH is a block of zeros, encrypted. */
static int open_gcm(struct gcm *gcm, u64 address, u32 length)
{
	u8 key[AES_MAX_KEY_SIZE], start[AES_BLOCK_SIZE] = { };
	void *block = gcm->queue->output;
	int ret;

	ret = swaccel_read(gcm->queue, key, address, length);
	if (ret)
		return ret;
	gcm->cipher = swaccel_sec_open_cipher("ctr(aes)", key, length);
	memzero_explicit(key, sizeof(key));
	if (IS_ERR(gcm->cipher)) {
		ret = PTR_ERR(gcm->cipher);
		gcm->cipher = NULL;
		return ret;
	}
	memset(block, 0, AES_BLOCK_SIZE);
	ret = swaccel_sec_crypt(gcm->cipher, true, block, AES_BLOCK_SIZE,
				start);
	if (ret)
		return ret;
	gcm->tfm = crypto_alloc_shash("ghash", 0, 0);
	if (IS_ERR(gcm->tfm)) {
		ret = PTR_ERR(gcm->tfm);
		gcm->tfm = NULL;
		return ret;
	}
	return crypto_shash_setkey(gcm->tfm, block, AES_BLOCK_SIZE);
}

static int open_areas(struct gcm *gcm, const struct swhisi_sec *sec, u32 length,
		      u32 room)
{
	const struct swaccel_area from = swaccel_sec_source(sec);
	const struct swaccel_area to = swaccel_sec_destination(sec);
	int ret;

	ret = swaccel_source_open(&gcm->source, gcm->queue, &from, length);
	return ret ?: swaccel_sink_open(&gcm->sink, gcm->queue, &to, room);
}

/* The hash of the lengths, and the first block of the counter, make the tag. */
static int make_tag(struct gcm *gcm, const u8 *nonce, u32 extra, u32 length,
		    u8 *tag)
{
	u8 counter[AES_BLOCK_SIZE] = { }, lengths[AES_BLOCK_SIZE];
	void *block = gcm->queue->output;
	int ret;

	put_unaligned_be64((u64)extra * BITS_PER_BYTE, lengths);
	put_unaligned_be64((u64)length * BITS_PER_BYTE, lengths + 8);
	ret = hash(gcm, lengths, sizeof(lengths));
	if (!ret)
		ret = crypto_shash_final(gcm->hash, block);
	if (ret)
		return ret;
	memcpy(counter, nonce, NONCE);
	counter[AES_BLOCK_SIZE - 1] = 1;
	ret = swaccel_sec_crypt(gcm->cipher, true, block, AES_BLOCK_SIZE,
				counter);
	memcpy(tag, block, AES_BLOCK_SIZE);
	return ret;
}

static int end_message(struct gcm *gcm, struct swhisi_sec *sec, const u8 *tag)
{
	u32 size = sec->cipher >> 4 & 0x3f;
	u8 given[AES_BLOCK_SIZE];
	int ret;

	if (gcm->encrypt)
		return swaccel_write(gcm->queue, sec->result, tag, size);
	ret = swaccel_read(gcm->queue, given, sec->result, size);
	if (ret)
		return ret;
	return crypto_memneq(given, tag, size) ? -EBADMSG : 0;
}

static int run_message(struct gcm *gcm, struct swhisi_sec *sec)
{
	u32 length = sec->cipher_length & SWACCEL_SEC_LENGTH;
	u32 extra = sec->mac_length & SWACCEL_SEC_LENGTH;
	u8 counter[AES_BLOCK_SIZE], nonce[AES_BLOCK_SIZE];
	u8 tag[AES_BLOCK_SIZE];
	int ret;

	ret = swaccel_read(gcm->queue, nonce, sec->start, NONCE);
	if (!ret)
		ret = open_areas(gcm, sec, length, extra + length);
	if (!ret)
		ret = pass_on(gcm, extra, true);
	if (ret)
		return ret;
	/* Block 1 is the tag's. */
	memcpy(counter, nonce, NONCE);
	put_unaligned_be32(2, counter + NONCE);
	ret = crypt_all(gcm, counter);
	if (!ret)
		ret = make_tag(gcm, nonce, extra, length, tag);
	return ret ?: end_message(gcm, sec, tag);
}

static void increment(u8 *counter)
{
	u8 *low = counter + NONCE;

	put_unaligned_be32(get_unaligned_be32(low) + 1, low);
}

/* The counter is that of the block before. */
static int run_middle(struct gcm *gcm, struct swhisi_sec *sec)
{
	u32 length = sec->cipher_length & SWACCEL_SEC_LENGTH;
	u8 counter[AES_BLOCK_SIZE];
	int ret;

	if (!length || length % AES_BLOCK_SIZE)
		return -EINVAL;
	ret = swaccel_read(gcm->queue, counter, sec->start, sizeof(counter));
	if (!ret)
		ret = swaccel_read(gcm->queue, gcm->pending, sec->mac_start,
				   sizeof(gcm->pending));
	if (!ret)
		ret = open_areas(gcm, sec, length, length);
	if (ret)
		return ret;
	increment(counter);
	ret = crypt_all(gcm, counter);
	if (!ret)
		ret = crypto_shash_final(gcm->hash, counter);
	return ret ?: swaccel_write(gcm->queue, sec->result, counter,
				    sizeof(counter));
}

static int run_first(struct gcm *gcm, struct swhisi_sec *sec)
{
	u8 state[AES_BLOCK_SIZE];
	int ret;

	ret = open_areas(gcm, sec, 0, 0);
	if (!ret)
		ret = pass_on(gcm, sec->mac_length & SWACCEL_SEC_LENGTH, false);
	if (!ret)
		ret = crypto_shash_final(gcm->hash, state);
	return ret ?: swaccel_write(gcm->queue, sec->result, state,
				    sizeof(state));
}

static int run(struct swaccel_queue *queue, struct swhisi_sec *sec, u64 key,
	       u32 key_length,
	       int (*part)(struct gcm *gcm, struct swhisi_sec *sec))
{
	struct gcm gcm = {
		.queue		= queue,
		.encrypt	= (sec->cipher & 3) == SWHISI_SEC_ENCRYPT,
	};
	int ret;

	ret = open_gcm(&gcm, key, key_length);
	if (!ret) {
		SHASH_DESC_ON_STACK(state, gcm.tfm);

		state->tfm = gcm.tfm;
		gcm.hash = state;
		ret = crypto_shash_init(state);
		if (!ret)
			ret = part(&gcm, sec);
		shash_desc_zero(state);
	}
	close_gcm(&gcm);
	return ret;
}

static bool is_stream(const struct swhisi_sec *sec)
{
	return (sec->param >> 5 & 0xf) == SWHISI_SEC_STREAM;
}

int swaccel_sec_gcm(struct swaccel_queue *queue, struct swhisi_sec *sec)
{
	u32 tag = sec->cipher >> 4 & 0x3f;
	int length = swaccel_sec_key_length(sec);

	if (length < 0 || (sec->cipher & 3) > SWHISI_SEC_DECRYPT)
		return -EINVAL;
	if (sec->mode >> 4 != SWHISI_SEC_AES)
		return -EOPNOTSUPP;
	if (!is_stream(sec)) {
		if (tag < LEAST_TAG || tag > AES_BLOCK_SIZE)
			return -EINVAL;
		return run(queue, sec, sec->key, length, run_message);
	}
	if ((sec->mac >> 2 & 3) != 1)
		return -EINVAL;
	return run(queue, sec, sec->mac_key, length, run_middle);
}

/* Only as the first part of a message. */
int swaccel_sec_gmac(struct swaccel_queue *queue, struct swhisi_sec *sec)
{
	int length = swaccel_sec_key_length(sec);

	if (length < 0)
		return -EINVAL;
	if (!is_stream(sec) || (sec->padding & 3) != 1)
		return -EOPNOTSUPP;
	return run(queue, sec, sec->mac_key, length, run_first);
}
