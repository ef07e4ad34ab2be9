// SPDX-License-Identifier: GPL-2.0
/*
 * AES-CCM by the kernel's CTR and CBC: the last block that CBC makes is the
 * state of the tag. The library has made the first block of both.
 */
#include <crypto/skcipher.h>
#include <crypto/utils.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <uapi/misc/uacce/swhisi.h>

#include "hisi_aead.h"

#define LEAST_TAG	4
/* More has a longer form of its length, which the interface does not know. */
#define MOST_EXTRA	0xfeff
/* Of the first block: what is authenticated only follows. */
#define HAS_EXTRA	0x40

/**
 * struct ccm - a message
 * @aead: its cipher is CTR
 * @cbc: the same key
 * @state: of the tag
 */
struct ccm {
	struct swaccel_aead aead;
	struct crypto_skcipher *cbc;
	u8 state[AES_BLOCK_SIZE];
};

/* @data, which has room for it, is filled up with zeros, and overwritten. */
static int absorb_blocks(struct ccm *ccm, u8 *data, u32 length)
{
	u32 whole = round_up(length, AES_BLOCK_SIZE);

	memset(data + length, 0, whole - length);
	return swaccel_sec_crypt(ccm->cbc, true, data, whole, ccm->state);
}

static int absorb(struct swaccel_aead *aead, u8 *data, u32 length)
{
	u8 *copy = aead->queue->output;

	memcpy(copy, data, length);
	return absorb_blocks(container_of(aead, struct ccm, aead), copy,
			     length);
}

/* One chunk has room for all of it, and for its length in front. */
static int pass_on(struct ccm *ccm, u32 length)
{
	u8 *data = ccm->aead.queue->output;
	int ret;

	if (!length)
		return 0;
	ret = swaccel_cursor_read(&ccm->aead.source.cursor, data + 2, length);
	if (ret == -ENODATA)
		ret = -EINVAL;
	if (!ret)
		ret = swaccel_sink_write(&ccm->aead.sink, data + 2, length);
	put_unaligned_be16(length, data);
	return ret ?: absorb_blocks(ccm, data, length + 2);
}

static int open_ccm(struct ccm *ccm)
{
	struct swhisi_sec *sec = ccm->aead.sec;
	int ret;

	ret = swaccel_aead_open_cipher(&ccm->aead, "cbc(aes)", sec->key);
	if (ret)
		return ret;
	ccm->cbc = ccm->aead.cipher;
	ccm->aead.cipher = NULL;
	return swaccel_aead_open_cipher(&ccm->aead, "ctr(aes)", sec->key);
}

/* The first block of both; the one of the tag is encrypted at once. */
static int begin(struct ccm *ccm, u8 *counter, u32 extra)
{
	struct swaccel_queue *queue = ccm->aead.queue;
	struct swhisi_sec *sec = ccm->aead.sec;
	u8 *block = queue->output;
	int ret;

	ret = swaccel_read(queue, counter, sec->start, AES_BLOCK_SIZE);
	if (!ret)
		ret = swaccel_read(queue, block, sec->mac_start,
				   AES_BLOCK_SIZE);
	if (ret)
		return ret;
	if (!(block[0] & HAS_EXTRA) != !extra)
		return -EINVAL;
	return absorb_blocks(ccm, block, AES_BLOCK_SIZE);
}

/* Block 0 of the counter encrypts the state. */
static int make_tag(struct ccm *ccm, u8 *counter)
{
	u32 width = (counter[0] & 7) + 1;
	void *block = ccm->aead.queue->output;
	int ret;

	memset(counter + AES_BLOCK_SIZE - width, 0, width);
	memcpy(block, ccm->state, AES_BLOCK_SIZE);
	ret = swaccel_sec_crypt(ccm->aead.cipher, true, block, AES_BLOCK_SIZE,
				counter);
	memcpy(ccm->state, block, AES_BLOCK_SIZE);
	return ret;
}

static int run(struct ccm *ccm)
{
	struct swhisi_sec *sec = ccm->aead.sec;
	u32 length = sec->cipher_length;
	u32 extra = sec->mac_length;
	u8 counter[AES_BLOCK_SIZE], first[AES_BLOCK_SIZE];
	int ret;

	if (extra > MOST_EXTRA)
		return -EINVAL;
	ret = open_ccm(ccm);
	if (!ret)
		ret = begin(ccm, first, extra);
	if (!ret)
		ret = swaccel_aead_open_areas(&ccm->aead, length,
					      extra + length);
	if (!ret)
		ret = pass_on(ccm, extra);
	if (ret)
		return ret;
	memcpy(counter, first, sizeof(counter));
	ret = swaccel_aead_crypt(&ccm->aead, true, counter);
	if (!ret)
		ret = make_tag(ccm, first);
	return ret ?: swaccel_aead_end(&ccm->aead, ccm->state,
				       swaccel_sec_tag_length(sec));
}

int swaccel_sec_ccm(struct swaccel_queue *queue, struct swhisi_sec *sec)
{
	u32 tag = swaccel_sec_tag_length(sec);
	struct ccm ccm = { };
	int ret;

	if (tag < LEAST_TAG || tag > AES_BLOCK_SIZE)
		return -EINVAL;
	swaccel_aead_init(&ccm.aead, queue, sec);
	ccm.aead.authenticates_plain = true;
	ccm.aead.absorb = absorb;
	ret = run(&ccm);
	swaccel_aead_close(&ccm.aead);
	if (ccm.cbc)
		crypto_free_skcipher(ccm.cbc);
	return ret;
}
