// SPDX-License-Identifier: GPL-2.0
/*
 * Digests and HMACs, whole or in parts. Between two parts the state lies in
 * user space, as the interface has it: the words of the hash, big-endian (of
 * MD5 little-endian). So nothing is kept here; a state that user space made up
 * gives a digest of no message, and nothing worse.
 */
#include <crypto/hash.h>
#include <crypto/md5.h>
#include <crypto/sha1.h>
#include <crypto/sha2.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <uapi/misc/uacce/swhisi.h>

#include "hisi_sec.h"

/* Of SHA-384 and SHA-512. */
#define MAX_BLOCK	128
/* 6 bits of words. */
#define MAX_KEY		252
/* The largest that is exported. */
#define MAX_EXPORTED	sizeof(struct sha512_state)

/**
 * struct hash - one algorithm
 * @name: in the kernel's crypto
 * @digest: bytes
 * @block: bytes
 * @words: of the state
 * @word: bytes of a word of the state
 * @count: offset of the count of bytes in an exported state
 * @exported: bytes of an exported state
 * @big_endian: order of the state's words, outside
 */
struct hash {
	const char *name;
	u32 digest;
	u32 block;
	u32 words;
	u32 word;
	u32 count;
	u32 exported;
	bool big_endian;
};

/* Exported, the words come first everywhere. */
static const struct hash hashes[] = {
	[SWHISI_SEC_SHA1] = {
		"sha1", SHA1_DIGEST_SIZE, SHA1_BLOCK_SIZE, 5, 4,
		offsetof(struct sha1_state, count), sizeof(struct sha1_state),
		true,
	},
	[SWHISI_SEC_SHA256] = {
		"sha256", SHA256_DIGEST_SIZE, SHA256_BLOCK_SIZE, 8, 4,
		offsetof(struct sha256_state, count),
		sizeof(struct sha256_state), true,
	},
	[SWHISI_SEC_MD5] = {
		"md5", MD5_DIGEST_SIZE, MD5_HMAC_BLOCK_SIZE, 4, 4,
		offsetof(struct md5_state, byte_count),
		sizeof(struct md5_state), false,
	},
	[SWHISI_SEC_SHA224] = {
		"sha224", SHA224_DIGEST_SIZE, SHA224_BLOCK_SIZE, 8, 4,
		offsetof(struct sha256_state, count),
		sizeof(struct sha256_state), true,
	},
	[SWHISI_SEC_SHA384] = {
		"sha384", SHA384_DIGEST_SIZE, SHA384_BLOCK_SIZE, 8, 8,
		offsetof(struct sha512_state, count),
		sizeof(struct sha512_state), true,
	},
	[SWHISI_SEC_SHA512] = {
		"sha512", SHA512_DIGEST_SIZE, SHA512_BLOCK_SIZE, 8, 8,
		offsetof(struct sha512_state, count),
		sizeof(struct sha512_state), true,
	},
};

static_assert(offsetof(struct sha1_state, state) == 0);
static_assert(offsetof(struct sha256_state, state) == 0);
static_assert(offsetof(struct sha512_state, state) == 0);
static_assert(offsetof(struct md5_state, hash) == 0);

/**
 * struct digestion - a descriptor, checked
 * @hash: what is computed
 * @keyed: an HMAC
 * @resumed: goes on from a state
 * @open: ends with a state, not with a digest
 * @key: of an HMAC, padded to a block
 * @size: bytes of the result
 */
struct digestion {
	const struct hash *hash;
	bool keyed;
	bool resumed;
	bool open;
	u8 key[MAX_BLOCK];
	u32 size;
};

static void from_words(const struct hash *hash, u8 *to, const void *words)
{
	u32 i;

	for (i = 0; i < hash->words; i++, to += hash->word) {
		if (hash->word == 8)
			put_unaligned_be64(((const u64 *)words)[i], to);
		else if (hash->big_endian)
			put_unaligned_be32(((const u32 *)words)[i], to);
		else
			put_unaligned_le32(((const u32 *)words)[i], to);
	}
}

static void to_words(const struct hash *hash, void *words, const u8 *from)
{
	u32 i;

	for (i = 0; i < hash->words; i++, from += hash->word) {
		if (hash->word == 8)
			((u64 *)words)[i] = get_unaligned_be64(from);
		else if (hash->big_endian)
			((u32 *)words)[i] = get_unaligned_be32(from);
		else
			((u32 *)words)[i] = get_unaligned_le32(from);
	}
}

/* Bytes of an HMAC's message that precede the caller's. */
static u32 prefix(const struct digestion *digestion)
{
	return digestion->keyed ? digestion->hash->block : 0;
}

/* Bytes before this part, as far as they are known: whole blocks. */
static int count_before(const struct digestion *digestion,
			const struct swhisi_sec *sec, u64 *count)
{
	u64 bytes = sec->total / BITS_PER_BYTE;
	u32 length = sec->mac_length;

	*count = 0;
	if (digestion->open)
		return 0;
	if (sec->total % BITS_PER_BYTE || bytes < length ||
	    (bytes - length) & (digestion->hash->block - 1))
		return -EINVAL;
	*count = bytes - length + prefix(digestion);
	return 0;
}

static int resume(struct swaccel_queue *queue, struct swhisi_sec *sec,
		  const struct digestion *digestion, struct shash_desc *state)
{
	const struct hash *hash = digestion->hash;
	u8 exported[MAX_EXPORTED] __aligned(8) = { };
	u8 words[SWACCEL_SEC_MAX_STATE];
	u64 count;
	int ret;

	ret = count_before(digestion, sec, &count);
	if (ret)
		return ret;
	ret = swaccel_read(queue, words, sec->mac_start,
			   hash->words * hash->word);
	if (ret)
		return ret;
	to_words(hash, exported, words);
	*(u64 *)(exported + hash->count) = count;
	return crypto_shash_import(state, exported);
}

/* The block that an HMAC begins with, inside and outside. */
static int update_pad(const struct digestion *digestion,
		      struct shash_desc *state, u8 pad)
{
	u8 block[MAX_BLOCK];
	u32 i;

	for (i = 0; i < digestion->hash->block; i++)
		block[i] = digestion->key[i] ^ pad;
	return crypto_shash_update(state, block, digestion->hash->block);
}

static int begin(struct swaccel_queue *queue, struct swhisi_sec *sec,
		 const struct digestion *digestion, struct shash_desc *state)
{
	int ret;

	if (digestion->resumed)
		return resume(queue, sec, digestion, state);
	ret = crypto_shash_init(state);
	if (!ret && digestion->keyed)
		ret = update_pad(digestion, state, 0x36);
	return ret;
}

static int update(struct swaccel_queue *queue, struct swhisi_sec *sec,
		  struct shash_desc *state)
{
	u32 left = sec->mac_length;
	const struct swaccel_area area = swaccel_sec_source(sec);
	struct swaccel_source source;
	int length, ret;

	ret = swaccel_source_open(&source, queue, &area, left);
	if (ret)
		return ret;
	while ((length = swaccel_source_next(&source)) > 0) {
		ret = crypto_shash_update(state, queue->input, length);
		if (ret)
			return ret;
	}
	return length;
}

static int finish(const struct digestion *digestion, struct shash_desc *state,
		  u8 *result)
{
	u8 exported[MAX_EXPORTED] __aligned(8);
	int ret;

	if (digestion->open) {
		ret = crypto_shash_export(state, exported);
		if (!ret)
			from_words(digestion->hash, result, exported);
		return ret;
	}
	ret = crypto_shash_final(state, result);
	if (ret || !digestion->keyed)
		return ret;
	ret = crypto_shash_init(state);
	if (!ret)
		ret = update_pad(digestion, state, 0x5c);
	return ret ?: crypto_shash_finup(state, result, digestion->hash->digest,
					 result);
}

static int set_key(struct swaccel_queue *queue, struct swhisi_sec *sec,
		   struct digestion *digestion, struct shash_desc *state)
{
	u32 length = (sec->mac >> 9 & 0x3f) * 4;
	u8 key[MAX_KEY];
	int ret;

	if (!digestion->keyed)
		return 0;
	ret = swaccel_read(queue, key, sec->mac_key, length);
	if (ret)
		return ret;
	if (length > digestion->hash->block)
		ret = crypto_shash_digest(state, key, length, digestion->key);
	else
		memcpy(digestion->key, key, length);
	memzero_explicit(key, sizeof(key));
	return ret;
}

static int run_with(struct swaccel_queue *queue, struct swhisi_sec *sec,
		    struct digestion *digestion, struct crypto_shash *tfm)
{
	SHASH_DESC_ON_STACK(state, tfm);
	u8 result[SWACCEL_SEC_MAX_STATE];
	int ret;

	state->tfm = tfm;
	ret = set_key(queue, sec, digestion, state);
	if (!ret)
		ret = begin(queue, sec, digestion, state);
	if (!ret)
		ret = update(queue, sec, state);
	if (!ret)
		ret = finish(digestion, state, result);
	shash_desc_zero(state);
	if (ret)
		return ret;
	return swaccel_write(queue, sec->result, result, digestion->size);
}

static int parse(const struct swhisi_sec *sec, struct digestion *digestion)
{
	u32 algorithm = sec->mac >> 15 & 0x3f;
	u32 size = (sec->mac >> 4 & 0x1f) * 4;
	u32 start = sec->mac >> 2 & 3;
	const struct hash *hash;

	digestion->keyed = algorithm & SWHISI_SEC_HMAC;
	algorithm &= ~SWHISI_SEC_HMAC;
	if (algorithm >= ARRAY_SIZE(hashes))
		return -EOPNOTSUPP;
	hash = &hashes[algorithm];
	if (start > 1 || (sec->mac & 3) != SWHISI_SEC_AUTHENTICATE)
		return -EINVAL;
	digestion->hash = hash;
	digestion->resumed = start;
	digestion->open = sec->padding & 3;
	/* A part must end where a block does, for its state to be one. */
	if (digestion->open && sec->mac_length & (hash->block - 1))
		return -EINVAL;
	digestion->size = size ?: hash->digest;
	if (digestion->open)
		digestion->size = hash->words * hash->word;
	return size > hash->digest && !digestion->open ? -EINVAL : 0;
}

int swaccel_sec_digest(struct swaccel_queue *queue, struct swhisi_sec *sec)
{
	struct digestion digestion = { };
	struct crypto_shash *tfm;
	int ret;

	ret = parse(sec, &digestion);
	if (ret)
		return ret;
	tfm = crypto_alloc_shash(digestion.hash->name, 0, 0);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	/* A driver with a state of its own cannot go on from another's. */
	if (crypto_shash_statesize(tfm) == digestion.hash->exported)
		ret = run_with(queue, sec, &digestion, tfm);
	else
		ret = -EOPNOTSUPP;
	crypto_free_shash(tfm);
	memzero_explicit(digestion.key, sizeof(digestion.key));
	return ret;
}
