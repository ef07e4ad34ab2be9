/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Encryption with authentication, a chunk at a time: what its kinds share.
 * The input is what is authenticated only, and then the message; the output is
 * both again.
 */
#ifndef _SWACCEL_HISI_AEAD_H
#define _SWACCEL_HISI_AEAD_H

#include <linux/types.h>

#include "hisi_sec.h"

/**
 * struct swaccel_aead - a message, or a part of one
 * @queue: whose it is
 * @sec: its descriptor
 * @encrypt: else decrypts
 * @cipher: of the message
 * @authenticates_plain: the tag is that of the plain text
 * @absorb: takes @length bytes for the tag, a whole chunk or what is left of
 *	one; may use queue->output unless @data is there
 * @source: input
 * @sink: output
 */
struct swaccel_aead {
	struct swaccel_queue *queue;
	struct swhisi_sec *sec;
	bool encrypt;
	struct crypto_skcipher *cipher;
	bool authenticates_plain;
	int (*absorb)(struct swaccel_aead *aead, u8 *data, u32 length);
	struct swaccel_source source;
	struct swaccel_sink sink;
};

/* Sets what the descriptor says; the rest is the kind's. */
void swaccel_aead_init(struct swaccel_aead *aead, struct swaccel_queue *queue,
		       struct swhisi_sec *sec);

/* Each returns 0, or a negative errno. */
int swaccel_aead_open_cipher(struct swaccel_aead *aead, const char *name,
			     u64 key);
int swaccel_aead_open_areas(struct swaccel_aead *aead, u32 length, u32 room);
/* @length bytes that are authenticated only, and @copies: are output, too. */
int swaccel_aead_pass(struct swaccel_aead *aead, u32 length, bool copies);
/* All of the source. @start becomes what goes on from there. */
int swaccel_aead_crypt(struct swaccel_aead *aead, bool encrypt, u8 *start);
/* Writes the tag, or compares it. -EBADMSG: it is another. */
int swaccel_aead_end(struct swaccel_aead *aead, const u8 *tag, u32 size);
void swaccel_aead_close(struct swaccel_aead *aead);

#endif
