/* SPDX-License-Identifier: GPL-2.0 */
/* Parts of hisi_sec2: digests, ciphers, and both together (hisi_aead.h). */
#ifndef _SWACCEL_HISI_SEC_H
#define _SWACCEL_HISI_SEC_H

#include <linux/types.h>
#include <crypto/aes.h>

#include "stream.h"

struct crypto_skcipher;
struct swhisi_sec;

/* Longest digest, and longest state of one. */
#define SWACCEL_SEC_MAX_STATE	64
/* Longest input of a descriptor. */
#define SWACCEL_SEC_MAX_LENGTH	0xffffffU

/* Of a descriptor. */
struct swaccel_area swaccel_sec_source(const struct swhisi_sec *sec);
struct swaccel_area swaccel_sec_destination(const struct swhisi_sec *sec);
/* Bytes of the key of AES, or -EINVAL. */
int swaccel_sec_key_length(const struct swhisi_sec *sec);
/* Bytes of the tag of CCM and GCM, not checked. */
u32 swaccel_sec_tag_length(const struct swhisi_sec *sec);

/* Each executes one descriptor. Return: 0 or a negative errno. */
int swaccel_sec_digest(struct swaccel_queue *queue, struct swhisi_sec *sec);
int swaccel_sec_cipher(struct swaccel_queue *queue, struct swhisi_sec *sec);
/* -EBADMSG: the tag is not that of the message. */
int swaccel_sec_gcm(struct swaccel_queue *queue, struct swhisi_sec *sec);
int swaccel_sec_ccm(struct swaccel_queue *queue, struct swhisi_sec *sec);
int swaccel_sec_authenc(struct swaccel_queue *queue, struct swhisi_sec *sec);
int swaccel_sec_gmac(struct swaccel_queue *queue, struct swhisi_sec *sec);

/*
 * Return: a cipher with the key at that address of the opener's, at most both
 * of XTS, or an ERR_PTR.
 */
struct crypto_skcipher *swaccel_sec_open_cipher(struct swaccel_queue *queue,
						const char *name, u64 address,
						u32 length);
/* Works on @data in place; @start becomes what the next part starts with. */
int swaccel_sec_crypt(struct crypto_skcipher *cipher, bool encrypt, void *data,
		      u32 length, u8 *start);

#endif
