// SPDX-License-Identifier: GPL-2.0
/*
 * AES-GCM by the kernel's CTR and GHASH. A message in parts has its hash in
 * user space meanwhile, as the interface has it: the first part hashes what is
 * authenticated only, those in the middle encrypt and hash on, and the last is
 * done by the library.
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

#include "hisi_aead.h"

#define NONCE		12
#define LEAST_TAG	4

/**
 * struct gcm - a message, or a part of one
 * @aead: its cipher is CTR
 * @hash: GHASH, its tfm in @tfm
 * @tfm: GHASH
 * @pending: a state to go on from, which enters with the first block
 */
struct gcm {
	struct swaccel_aead aead;
	struct shash_desc *hash;
	struct crypto_shash *tfm;
	u8 pending[AES_BLOCK_SIZE];
};

/* GHASH of a block is linear in what came before: it is added to the block. */
static int hash(struct gcm *gcm, const u8 *data, u32 length)
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

static int absorb(struct swaccel_aead *aead, u8 *data, u32 length)
{
	return hash(container_of(aead, struct gcm, aead), data, length);
}

static int pad(struct gcm *gcm, u32 length)
{
	static const u8 zeros[AES_BLOCK_SIZE];

	return crypto_shash_update(gcm->hash, zeros,
				   -length & (AES_BLOCK_SIZE - 1));
}

static int pass_on(struct gcm *gcm, u32 length, bool copies)
{
	int ret = swaccel_aead_pass(&gcm->aead, length, copies);

	return ret ?: pad(gcm, length);
}

static int crypt_all(struct gcm *gcm, u8 *counter)
{
	u32 total = gcm->aead.source.left;
	int ret = swaccel_aead_crypt(&gcm->aead, true, counter);

	return ret ?: pad(gcm, total);
}

/* Encrypts one block, which must not be on the stack. */
static int crypt_block(struct gcm *gcm, void *block, u8 *counter)
{
	return swaccel_sec_crypt(gcm->aead.cipher, true, block, AES_BLOCK_SIZE,
				 counter);
}

static void close_gcm(struct gcm *gcm)
{
	swaccel_aead_close(&gcm->aead);
	if (gcm->tfm)
		crypto_free_shash(gcm->tfm);
}

/* The key of GHASH is a block of zeros, encrypted. */
static int open_gcm(struct gcm *gcm, u64 key)
{
	void *block = gcm->aead.queue->output;
	u8 start[AES_BLOCK_SIZE] = { };
	struct crypto_shash *tfm;
	int ret;

	ret = swaccel_aead_open_cipher(&gcm->aead, "ctr(aes)", key);
	if (ret)
		return ret;
	memset(block, 0, AES_BLOCK_SIZE);
	ret = crypt_block(gcm, block, start);
	if (ret)
		return ret;
	tfm = crypto_alloc_shash("ghash", 0, 0);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	gcm->tfm = tfm;
	return crypto_shash_setkey(tfm, block, AES_BLOCK_SIZE);
}

/* The hash of the lengths, and the first block of the counter, make the tag. */
static int make_tag(struct gcm *gcm, const u8 *nonce, u32 extra, u32 length,
		    u8 *tag)
{
	u8 counter[AES_BLOCK_SIZE] = { }, lengths[AES_BLOCK_SIZE];
	void *block = gcm->aead.queue->output;
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
	ret = crypt_block(gcm, block, counter);
	memcpy(tag, block, AES_BLOCK_SIZE);
	return ret;
}

static int run_message(struct gcm *gcm, struct swhisi_sec *sec)
{
	u32 length = sec->cipher_length;
	u32 extra = sec->mac_length;
	u8 counter[AES_BLOCK_SIZE], nonce[AES_BLOCK_SIZE];
	u8 tag[AES_BLOCK_SIZE];
	int ret;

	ret = swaccel_read(gcm->aead.queue, nonce, sec->start, NONCE);
	if (!ret)
		ret = swaccel_aead_open_areas(&gcm->aead, length,
					      extra + length);
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
	return ret ?: swaccel_aead_end(&gcm->aead, tag,
				       swaccel_sec_tag_length(sec));
}

static void increment(u8 *counter)
{
	u8 *low = counter + NONCE;

	put_unaligned_be32(get_unaligned_be32(low) + 1, low);
}

/* The state goes to user space. */
static int end_part(struct gcm *gcm, struct swhisi_sec *sec)
{
	u8 state[AES_BLOCK_SIZE];
	int ret = crypto_shash_final(gcm->hash, state);

	return ret ?: swaccel_write(gcm->aead.queue, sec->result, state,
				    sizeof(state));
}

/* The counter is that of the block before. */
static int run_middle(struct gcm *gcm, struct swhisi_sec *sec)
{
	u32 length = sec->cipher_length;
	struct swaccel_queue *queue = gcm->aead.queue;
	u8 counter[AES_BLOCK_SIZE];
	int ret;

	if (!length || length % AES_BLOCK_SIZE)
		return -EINVAL;
	ret = swaccel_read(queue, counter, sec->start, sizeof(counter));
	if (!ret)
		ret = swaccel_read(queue, gcm->pending, sec->mac_start,
				   sizeof(gcm->pending));
	if (!ret)
		ret = swaccel_aead_open_areas(&gcm->aead, length, length);
	if (ret)
		return ret;
	increment(counter);
	ret = crypt_all(gcm, counter);
	return ret ?: end_part(gcm, sec);
}

static int run_first(struct gcm *gcm, struct swhisi_sec *sec)
{
	int ret = swaccel_aead_open_areas(&gcm->aead, 0, 0);

	if (!ret)
		ret = pass_on(gcm, sec->mac_length, false);
	return ret ?: end_part(gcm, sec);
}

static int run(struct swaccel_queue *queue, struct swhisi_sec *sec, u64 key,
	       int (*part)(struct gcm *gcm, struct swhisi_sec *sec))
{
	struct gcm gcm = { };
	int ret;

	swaccel_aead_init(&gcm.aead, queue, sec);
	gcm.aead.absorb = absorb;
	ret = open_gcm(&gcm, key);
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
	u32 tag = swaccel_sec_tag_length(sec);

	if (!is_stream(sec)) {
		if (tag < LEAST_TAG || tag > AES_BLOCK_SIZE)
			return -EINVAL;
		return run(queue, sec, sec->key, run_message);
	}
	if ((sec->mac >> 2 & 3) != 1)
		return -EINVAL;
	return run(queue, sec, sec->mac_key, run_middle);
}

/* Only as the first part of a message. */
int swaccel_sec_gmac(struct swaccel_queue *queue, struct swhisi_sec *sec)
{
	if (!is_stream(sec) || (sec->padding & 3) != 1)
		return -EOPNOTSUPP;
	return run(queue, sec, sec->mac_key, run_first);
}
