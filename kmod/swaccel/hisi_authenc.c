// SPDX-License-Identifier: GPL-2.0
/* AES-CBC, and an HMAC of what is authenticated only and of the cipher text. */
#include <crypto/hash.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include <uapi/misc/uacce/swhisi.h>

#include "hisi_aead.h"

/* 6 bits of words. */
#define MAX_KEY	252

/**
 * struct authenc - a message
 * @aead: its cipher is CBC
 * @hmac: its tfm in @tfm
 * @tfm: an HMAC
 */
struct authenc {
	struct swaccel_aead aead;
	struct shash_desc *hmac;
	struct crypto_shash *tfm;
};

static int absorb(struct swaccel_aead *aead, u8 *data, u32 length)
{
	struct authenc *authenc = container_of(aead, struct authenc, aead);

	return crypto_shash_update(authenc->hmac, data, length);
}

static const char *name_of(const struct swhisi_sec *sec)
{
	switch (sec->mac >> 15 & 0x3f) {
	case SWHISI_SEC_HMAC | SWHISI_SEC_SHA1:
		return "hmac(sha1)";
	case SWHISI_SEC_HMAC | SWHISI_SEC_SHA256:
		return "hmac(sha256)";
	case SWHISI_SEC_HMAC | SWHISI_SEC_SHA512:
		return "hmac(sha512)";
	default:
		return NULL;
	}
}

static int open_hmac(struct authenc *authenc)
{
	struct swhisi_sec *sec = authenc->aead.sec;
	u32 length = (sec->mac >> 9 & 0x3f) * 4;
	const char *name = name_of(sec);
	struct crypto_shash *tfm;
	u8 key[MAX_KEY];
	int ret;

	if (!name)
		return -EOPNOTSUPP;
	ret = swaccel_read(authenc->aead.queue, key, sec->mac_key, length);
	if (ret)
		return ret;
	tfm = crypto_alloc_shash(name, 0, 0);
	if (IS_ERR(tfm)) {
		ret = PTR_ERR(tfm);
	} else {
		authenc->tfm = tfm;
		ret = crypto_shash_setkey(tfm, key, length);
	}
	memzero_explicit(key, sizeof(key));
	return ret;
}

static int run_message(struct authenc *authenc, u32 extra, u32 length)
{
	struct swaccel_aead *aead = &authenc->aead;
	struct swhisi_sec *sec = aead->sec;
	u8 start[AES_BLOCK_SIZE], tag[SWACCEL_SEC_MAX_STATE];
	u32 size = (sec->mac >> 4 & 0x1f) * 4;
	int ret;

	if (!size || size > crypto_shash_digestsize(authenc->tfm))
		return -EINVAL;
	ret = swaccel_read(aead->queue, start, sec->start, sizeof(start));
	if (!ret)
		ret = swaccel_aead_open_areas(aead, length, extra + length);
	if (!ret)
		ret = swaccel_aead_pass(aead, extra, true);
	if (!ret)
		ret = swaccel_aead_crypt(aead, aead->encrypt, start);
	if (!ret)
		ret = crypto_shash_final(authenc->hmac, tag);
	return ret ?: swaccel_aead_end(aead, tag, size);
}

static int run(struct authenc *authenc, u32 extra, u32 length)
{
	int ret;

	ret = swaccel_aead_open_cipher(&authenc->aead, "cbc(aes)",
				       authenc->aead.sec->key);
	if (!ret)
		ret = open_hmac(authenc);
	if (!ret) {
		SHASH_DESC_ON_STACK(state, authenc->tfm);

		state->tfm = authenc->tfm;
		authenc->hmac = state;
		ret = crypto_shash_init(state);
		if (!ret)
			ret = run_message(authenc, extra, length);
		shash_desc_zero(state);
	}
	swaccel_aead_close(&authenc->aead);
	if (authenc->tfm)
		crypto_free_shash(authenc->tfm);
	return ret;
}

int swaccel_sec_authenc(struct swaccel_queue *queue, struct swhisi_sec *sec)
{
	u32 length = sec->cipher_length;
	u32 all = sec->mac_length;
	struct authenc authenc = { };

	if ((sec->mode & 0xf) != SWHISI_SEC_CBC)
		return -EOPNOTSUPP;
	/* Encrypted, then authenticated: one tells the other way about. */
	if ((sec->mac & 3) != (sec->cipher & 3) || sec->mac_offset ||
	    all != sec->cipher_offset + length || length % AES_BLOCK_SIZE)
		return -EINVAL;
	swaccel_aead_init(&authenc.aead, queue, sec);
	authenc.aead.absorb = absorb;
	return run(&authenc, sec->cipher_offset, length);
}
