/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hisi_sec2: encryption with authentication, GCM, CCM, and CBC with an HMAC;
 * OpenSSL computes the same.
 */
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hisi_aead.h"
#include "internal.h"

#define TAG		16
#define BLOCK		16

/**
 * struct hmac - CBC with one of these
 * @name: after "aes-256-cbc-hmac-", and OpenSSL's
 * @code: in a descriptor
 * @size: bytes
 */
struct hmac {
	const char *name;
	uint32_t code;
	uint32_t size;
};

/**
 * struct message - what is computed, and what comes of it
 * @work: its size is without AEAD_EXTRA
 * @hmac: NULL for CCM and GCM
 * @ccm: the first block of CCM's tag
 * @counter: and of its counter
 * @right: as OpenSSL encrypts it
 * @right_tag: of OpenSSL
 * @out: AEAD_EXTRA, and encrypted
 * @back: AEAD_EXTRA, and decrypted
 * @tag: of the device
 */
struct message {
	const struct hisi_work *work;
	const struct hmac *hmac;
	unsigned char ccm[BLOCK];
	unsigned char counter[BLOCK];
	unsigned char *right;
	unsigned char right_tag[AEAD_TAG];
	unsigned char *out;
	unsigned char *back;
	unsigned char tag[AEAD_TAG];
};

static const struct hmac *find_hmac(const char *name)
{
	static const struct hmac hmacs[] = {
		{ "sha1", SWHISI_SEC_SHA1, 20 },
		{ "sha256", SWHISI_SEC_SHA256, 32 },
		{ "sha512", SWHISI_SEC_SHA512, 64 },
	};
	const char *found = strstr(name, "-hmac-");
	size_t i;

	for (i = 0; found && i < sizeof(hmacs) / sizeof(hmacs[0]); i++)
		if (!strcmp(found + 6, hmacs[i].name))
			return &hmacs[i];
	return NULL;
}

static bool is(const struct message *message, const char *mode)
{
	return !strcmp(message->work->name + 8, mode);
}

/* RFC 3610: 12 bytes of a nonce leave 3 for lengths and counters. */
static void begin_ccm(struct message *message)
{
	size_t size = message->work->size;

	message->ccm[0] = 1 << 6 | (TAG - 2) / 2 << 3 | 2;
	message->counter[0] = 2;
	memcpy(message->ccm + 1, hisi_start, AEAD_NONCE);
	memcpy(message->counter + 1, hisi_start, AEAD_NONCE);
	message->ccm[13] = (unsigned char)(size >> 16);
	message->ccm[14] = (unsigned char)(size >> 8);
	message->ccm[15] = (unsigned char)size;
	message->counter[15] = 1;
}

static int openssl_hmac(struct message *message)
{
	size_t size = AEAD_EXTRA + message->work->size;
	const EVP_MD *md = EVP_get_digestbyname(message->hmac->name);
	unsigned char *all = malloc(size);

	if (!all)
		return 0;
	memcpy(all, message->work->data, AEAD_EXTRA);
	memcpy(all + AEAD_EXTRA, message->right, message->work->size);
	HMAC(md, hisi_hmac_key(), (int)message->work->key_size, all, size,
	     message->right_tag, NULL);
	free(all);
	return 1;
}

/* CCM wants to know all lengths before. */
static int openssl_begin(const struct message *message, EVP_CIPHER_CTX *context,
			 const EVP_CIPHER *cipher)
{
	int size = (int)message->work->size, length;

	if (!is(message, "ccm"))
		return EVP_EncryptInit(context, cipher, hisi_key, hisi_start) &&
		       EVP_CIPHER_CTX_set_padding(context, 0);
	return EVP_EncryptInit(context, cipher, NULL, NULL) &&
	       EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN,
				   AEAD_NONCE, NULL) &&
	       EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG, NULL) &&
	       EVP_EncryptInit(context, NULL, hisi_key, hisi_start) &&
	       EVP_EncryptUpdate(context, NULL, &length, NULL, size);
}

static int openssl(struct message *message)
{
	const struct hisi_work *work = message->work;
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int length = 0, rest = 0, good;
	char name[16];

	snprintf(name, sizeof(name), "%.11s", work->name);
	good = context &&
	       openssl_begin(message, context, EVP_get_cipherbyname(name));
	if (good && !message->hmac)
		good = EVP_EncryptUpdate(context, NULL, &length, work->data,
					 AEAD_EXTRA);
	if (good)
		good = EVP_EncryptUpdate(context, message->right, &length,
					 work->data + AEAD_EXTRA,
					 (int)work->size) &&
		       EVP_EncryptFinal(context, message->right + length,
					&rest);
	if (good && message->hmac)
		good = openssl_hmac(message);
	else if (good)
		good = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG,
					   message->right_tag);
	EVP_CIPHER_CTX_free(context);
	return good ? 0 : swclient_fail(EIO, "OpenSSL: %s failed", work->name);
}

static size_t tag_size(const struct message *message)
{
	return message->hmac ? message->hmac->size : TAG;
}

static void describe_tag(const struct message *message, struct swhisi_sec *sec,
			 bool encrypt)
{
	const struct hmac *hmac = message->hmac;

	sec->cipher_offset = AEAD_EXTRA;
	sec->mac_length = AEAD_EXTRA;
	if (hmac) {
		sec->mac_length += sec->cipher_length;
		sec->mac = (encrypt ? SWHISI_SEC_AUTHENTICATE :
				      SWHISI_SEC_VERIFY) |
			   hmac->size / 4 << 4 |
			   (uint32_t)message->work->key_size / 4 << 9 |
			   (SWHISI_SEC_HMAC | hmac->code) << 15;
		sec->mac_key = (uintptr_t)hisi_hmac_key();
		return;
	}
	sec->cipher |= TAG << 4;
	if (is(message, "ccm")) {
		sec->start = (uintptr_t)message->counter;
		sec->mac_start = (uintptr_t)message->ccm;
	}
}

static int run(struct message *message, struct hisi_queue *queue, bool encrypt)
{
	const struct hisi_work *work = message->work;
	struct swhisi_sec sec = hisi_describe_cipher(work, encrypt);

	describe_tag(message, &sec, encrypt);
	sec.source = encrypt ? (uintptr_t)work->data : (uintptr_t)message->out;
	sec.destination = encrypt ? (uintptr_t)message->out :
				    (uintptr_t)message->back;
	sec.result = (uintptr_t)message->tag;
	return hisi_execute_sec(work, queue, &sec);
}

/* A wrong tag must be told. */
static int forge(struct message *message, struct hisi_queue *queue)
{
	int ret;

	message->tag[3] ^= 1;
	ret = run(message, queue, false);
	if (!ret)
		return swclient_fail(EBADMSG, "a wrong tag is taken");
	return ret == -EBADMSG ? 0 : ret;
}

static int there_and_back(struct message *message, struct hisi_queue *queue)
{
	const struct hisi_work *work = message->work;
	int ret = run(message, queue, true);

	if (ret)
		return ret;
	if (memcmp(message->out, work->data, AEAD_EXTRA) ||
	    memcmp(message->out + AEAD_EXTRA, message->right, work->size))
		return swclient_fail(EBADMSG, "OpenSSL encrypts to other data");
	if (memcmp(message->tag, message->right_tag, tag_size(message)))
		return swclient_fail(EBADMSG, "OpenSSL gets another tag");
	ret = run(message, queue, false);
	if (ret)
		return ret;
	if (memcmp(message->back, work->data, AEAD_EXTRA + work->size))
		return swclient_fail(EBADMSG, "the decrypted data differs");
	return forge(message, queue);
}

static int compute(struct message *message)
{
	const struct hisi_work *work = message->work;
	struct hisi_queue *queue;
	int ret;

	ret = openssl(message);
	if (ret)
		return ret;
	queue = hisi_open(work->node, 0);
	if (!queue)
		return -1;
	if (work->part && is(message, "gcm"))
		ret = aead_gcm_in_parts(work, queue, message->right,
					message->right_tag, message->out,
					message->back);
	else
		ret = there_and_back(message, queue);
	hisi_close(queue);
	return ret;
}

static int run_aead(const struct hisi_work *given)
{
	struct hisi_work work = *given;
	struct message message = {
		.work = &work,
		.hmac = find_hmac(given->name),
	};
	unsigned char *memory;
	int ret;

	/* AEAD_EXTRA comes out of the data. */
	work.size -= work.size < AEAD_EXTRA ? work.size : AEAD_EXTRA;
	if (message.hmac || work.part)
		work.size &= ~(size_t)(BLOCK - 1);
	begin_ccm(&message);
	memory = malloc(3 * (given->size + AEAD_EXTRA + BLOCK));
	if (!memory)
		return swclient_fail(ENOMEM, "no memory");
	message.right = memory;
	message.out = message.right + given->size + AEAD_EXTRA + BLOCK;
	message.back = message.out + given->size + AEAD_EXTRA + BLOCK;
	ret = compute(&message);
	free(memory);
	return ret;
}

#define AEAD(name)							\
	{ "aes-128-" name, "aead", run_aead },				\
	{ "aes-192-" name, "aead", run_aead },				\
	{ "aes-256-" name, "aead", run_aead }

const struct hisi_operation hisi_aead_operations[] = {
	AEAD("gcm"), AEAD("ccm"), AEAD("cbc-hmac-sha1"),
	AEAD("cbc-hmac-sha256"), AEAD("cbc-hmac-sha512"),
	{ NULL, NULL, NULL },
};
