/* SPDX-License-Identifier: Apache-2.0 */
/* swaccel-fuzz: descriptors of hisi_sec2 that it accepts. */
#include <misc/uacce/swhisi.h>

#include "fuzz.h"

/* More than all lengths here together. */
#define MOST	40000u
#define BLOCK	16u
/* Of every hash. */
#define HASH_BLOCK	128u

static uint32_t length(void)
{
	return 1 + (uint32_t)fuzz_rand() % 20000;
}

static void place(const struct fuzz_queue *queue, struct swhisi_sec *sec,
		  uint32_t size)
{
	sec->source = fuzz_place(MOST);
	sec->destination = fuzz_place(MOST);
	sec->result = fuzz_place(MOST);
	sec->key = fuzz_place(MOST);
	sec->mac_key = fuzz_place(MOST);
	if (!sec->start)
		sec->start = fuzz_place(MOST);
	if (!sec->mac_start)
		sec->mac_start = fuzz_place(MOST);
	if (fuzz_one_in(4)) {
		sec->param |= SWHISI_SEC_SOURCE_SGL;
		sec->source = fuzz_list(queue, sec->source, size, 0);
	}
	if (fuzz_one_in(4)) {
		sec->param |= SWHISI_SEC_TARGET_SGL;
		sec->destination = fuzz_list(queue, sec->destination, size, 1);
	}
	/* Of tables that lead anywhere. */
	if (sec->param & SWHISI_SEC_SOURCE_SGL && fuzz_one_in(8))
		sec->source = fuzz_address() & ~63ull;
}

/* Whole, open at its end, or the end of a longer one. */
static enum fuzz_kind digest(const struct fuzz_queue *queue,
			     struct swhisi_sec *sec)
{
	uint32_t code = (uint32_t)fuzz_rand() % 6, keyed = fuzz_one_in(2);

	sec->mac = SWHISI_SEC_AUTHENTICATE | code << 15;
	if (keyed)
		sec->mac |= SWHISI_SEC_HMAC << 15 |
			    (uint32_t)fuzz_rand() % 64 << 9;
	sec->mac_length = length();
	switch (fuzz_rand() % 4) {
	case 0:
		sec->padding = 1;
		sec->mac_length &= ~(HASH_BLOCK - 1);
		break;
	case 1:
		sec->mac |= 1 << 2;
		sec->total = (sec->mac_length +
			      (uint64_t)fuzz_rand() % 4096 * HASH_BLOCK) * 8;
		break;
	}
	place(queue, sec, sec->mac_length);
	return (keyed ? FUZZ_HMAC : FUZZ_DIGEST) + (enum fuzz_kind)code;
}

static void set_cipher(struct swhisi_sec *sec, uint32_t mode, uint32_t key,
		       uint32_t way)
{
	sec->mode = (uint8_t)(SWHISI_SEC_AES << 4 | mode);
	sec->cipher = (uint16_t)(key << 13 | way);
}

static enum fuzz_kind cipher(const struct fuzz_queue *queue,
			     struct swhisi_sec *sec)
{
	static const uint32_t modes[] = {
		SWHISI_SEC_ECB, SWHISI_SEC_CBC, SWHISI_SEC_CTR, SWHISI_SEC_XTS,
		SWHISI_SEC_ECB, SWHISI_SEC_CBC,
	};
	uint32_t which = (uint32_t)fuzz_rand() % 6;
	uint32_t key = (uint32_t)fuzz_rand() % 3;

	if (modes[which] == SWHISI_SEC_XTS && key == 1)
		key = 2;
	if (which >= 4)
		key = fuzz_one_in(2) ? SWHISI_SEC_3_KEYS : SWHISI_SEC_2_KEYS;
	set_cipher(sec, modes[which], key, 1 + (uint32_t)fuzz_one_in(2));
	if (which >= 4)
		sec->mode = (uint8_t)(SWHISI_SEC_3DES << 4 | modes[which]);
	sec->cipher_length = BLOCK + length();
	if (modes[which] <= SWHISI_SEC_CBC)
		sec->cipher_length &= ~(BLOCK - 1);
	place(queue, sec, sec->cipher_length);
	return FUZZ_CIPHER + (enum fuzz_kind)which;
}

/* The first block says whether something is authenticated only. */
static void begin_ccm(struct swhisi_sec *sec)
{
	static const unsigned char first[2][BLOCK] = {
		{ 0x3a, 1, 2, 3 }, { 0x7a, 1, 2, 3 },
	};
	static const unsigned char counter[BLOCK] = {
		2, 1, 2, 3, [BLOCK - 1] = 1,
	};

	sec->mac_start = (uintptr_t)first[sec->mac_length != 0];
	sec->start = (uintptr_t)counter;
}

static enum fuzz_kind ccm_or_gcm(const struct fuzz_queue *queue,
				 struct swhisi_sec *sec)
{
	int ccm = fuzz_one_in(2);

	set_cipher(sec, ccm ? SWHISI_SEC_CCM : SWHISI_SEC_GCM,
		   (uint32_t)fuzz_rand() % 3, SWHISI_SEC_ENCRYPT);
	/* A wrong tag, almost always: not accepted, and right so. */
	if (fuzz_one_in(4))
		sec->cipher ^= SWHISI_SEC_ENCRYPT | SWHISI_SEC_DECRYPT;
	sec->cipher |= BLOCK << 4;
	sec->cipher_length = length();
	sec->mac_length = fuzz_one_in(4) ? 0 : (uint32_t)fuzz_rand() % 1000;
	sec->cipher_offset = (uint16_t)sec->mac_length;
	if (ccm)
		begin_ccm(sec);
	place(queue, sec, sec->mac_length + sec->cipher_length);
	return FUZZ_AEAD + (enum fuzz_kind)!ccm;
}

/* As UADK does it: what is authenticated only, then whole blocks. */
static enum fuzz_kind gcm_part(const struct fuzz_queue *queue,
			       struct swhisi_sec *sec)
{
	int first = fuzz_one_in(2);

	sec->param |= SWHISI_SEC_STREAM << 5;
	set_cipher(sec, SWHISI_SEC_GCM, (uint32_t)fuzz_rand() % 3, 0);
	sec->padding = 1;
	if (first) {
		sec->mac = SWHISI_SEC_AUTHENTICATE | SWHISI_SEC_GMAC << 15;
		sec->mac_length = length();
	} else {
		sec->cipher |= 1 + (uint32_t)fuzz_one_in(2);
		sec->mac = 1 << 2;
		sec->cipher_length = (BLOCK + length()) & ~(BLOCK - 1);
	}
	place(queue, sec, sec->mac_length + sec->cipher_length);
	return FUZZ_AEAD + (first ? 2 : 3);
}

static enum fuzz_kind cbc_hmac(const struct fuzz_queue *queue,
			       struct swhisi_sec *sec)
{
	static const uint32_t codes[] = {
		SWHISI_SEC_SHA1, SWHISI_SEC_SHA256, SWHISI_SEC_SHA512,
	};
	static const uint32_t words[] = { 5, 8, 16 };
	uint32_t which = (uint32_t)fuzz_rand() % 3;
	uint32_t way = fuzz_one_in(4) ? SWHISI_SEC_DECRYPT : SWHISI_SEC_ENCRYPT;

	set_cipher(sec, SWHISI_SEC_CBC, (uint32_t)fuzz_rand() % 3, way);
	sec->cipher_length = (BLOCK + length()) & ~(BLOCK - 1);
	sec->cipher_offset = (uint16_t)(fuzz_rand() % 1000);
	sec->mac_length = sec->cipher_offset + sec->cipher_length;
	/* The ways have the same numbers. */
	sec->mac = way | words[which] << 4 | (uint32_t)fuzz_rand() % 64 << 9 |
		   (SWHISI_SEC_HMAC | codes[which]) << 15;
	place(queue, sec, sec->mac_length);
	return FUZZ_AEAD + 4 + (enum fuzz_kind)which;
}

enum fuzz_kind fuzz_fill_sec(struct fuzz_queue *queue, void *descriptor)
{
	struct swhisi_sec *sec = descriptor;

	sec->param = SWHISI_SEC_TYPE;
	switch (fuzz_rand() % 5) {
	case 0:
		return digest(queue, sec);
	case 1:
		return cipher(queue, sec);
	case 2:
		return ccm_or_gcm(queue, sec);
	case 3:
		return gcm_part(queue, sec);
	default:
		return cbc_hmac(queue, sec);
	}
}
