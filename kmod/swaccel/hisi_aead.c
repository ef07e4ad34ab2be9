// SPDX-License-Identifier: GPL-2.0
#include <crypto/skcipher.h>
#include <crypto/utils.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include <uapi/misc/uacce/swhisi.h>

#include "hisi_aead.h"

void swaccel_aead_init(struct swaccel_aead *aead, struct swaccel_queue *queue,
		       struct swhisi_sec *sec)
{
	memset(aead, 0, sizeof(*aead));
	aead->queue = queue;
	aead->sec = sec;
	aead->encrypt = (sec->cipher & 3) == SWHISI_SEC_ENCRYPT;
}

int swaccel_aead_open_cipher(struct swaccel_aead *aead, const char *name,
			     u64 address)
{
	int length = swaccel_sec_key_length(aead->sec);
	struct crypto_skcipher *cipher;

	if (length < 0)
		return length;
	cipher = swaccel_sec_open_cipher(aead->queue, name, address, length);
	if (IS_ERR(cipher))
		return PTR_ERR(cipher);
	aead->cipher = cipher;
	return 0;
}

int swaccel_aead_open_areas(struct swaccel_aead *aead, u32 length, u32 room)
{
	const struct swaccel_area from = swaccel_sec_source(aead->sec);
	const struct swaccel_area to = swaccel_sec_destination(aead->sec);
	int ret;

	ret = swaccel_source_open(&aead->source, aead->queue, &from, length);
	return ret ?: swaccel_sink_open(&aead->sink, aead->queue, &to, room);
}

int swaccel_aead_pass(struct swaccel_aead *aead, u32 length, bool copies)
{
	u8 *data = aead->queue->output;
	u32 left, step;
	int ret = 0;

	for (left = length; left && !ret; left -= step) {
		step = min(left, SWACCEL_CHUNK);
		ret = swaccel_cursor_read(&aead->source.cursor, data, step);
		if (ret == -ENODATA)
			ret = -EINVAL;
		/* Before it is absorbed, which may change it. */
		if (!ret && copies)
			ret = swaccel_sink_write(&aead->sink, data, step);
		if (!ret)
			ret = aead->absorb(aead, data, step);
	}
	return ret;
}

static int crypt_chunk(struct swaccel_aead *aead, bool encrypt, u32 length,
		       u8 *start)
{
	bool absorbs_first = aead->encrypt == aead->authenticates_plain;
	void *data = aead->queue->input;
	int ret;

	ret = absorbs_first ? aead->absorb(aead, data, length) : 0;
	if (!ret)
		ret = swaccel_sec_crypt(aead->cipher, encrypt, data, length,
					start);
	if (!ret && !absorbs_first)
		ret = aead->absorb(aead, data, length);
	return ret ?: swaccel_sink_write(&aead->sink, data, length);
}

int swaccel_aead_crypt(struct swaccel_aead *aead, bool encrypt, u8 *start)
{
	int length, ret;

	while ((length = swaccel_source_next(&aead->source)) > 0) {
		ret = crypt_chunk(aead, encrypt, length, start);
		if (ret)
			return ret;
	}
	return length;
}

int swaccel_aead_end(struct swaccel_aead *aead, const u8 *tag, u32 size)
{
	u8 given[SWACCEL_SEC_MAX_STATE];
	u64 address = aead->sec->result;
	int ret;

	if (aead->encrypt)
		return swaccel_write(aead->queue, address, tag, size);
	ret = swaccel_read(aead->queue, given, address, size);
	if (ret)
		return ret;
	return crypto_memneq(given, tag, size) ? -EBADMSG : 0;
}

void swaccel_aead_close(struct swaccel_aead *aead)
{
	if (aead->cipher)
		crypto_free_skcipher(aead->cipher);
}
