/* SPDX-License-Identifier: Apache-2.0 */
/* hisi_sec2: digests and ciphers, and OpenSSL computes the same. */
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "hisi_work.h"
#include "internal.h"

const unsigned char hisi_key[64] =
	"of sixty-four bytes, so that both keys of XTS come from it too.";
const unsigned char hisi_start[16] = "where it begins";

const unsigned char *hisi_hmac_key(void)
{
	static unsigned char key[HISI_MOST_KEY];
	size_t i;

	for (i = 0; i < sizeof(key); i++)
		key[i] = (unsigned char)(hisi_key[i % sizeof(hisi_key)] + i / 64);
	return key;
}

int hisi_check_sec_size(size_t size)
{
	return size <= HISI_MOST_SEC ? 0 :
		swclient_fail(EINVAL,
			      "%zu bytes: hisi_sec2 takes at most %u a descriptor",
			      size, HISI_MOST_SEC);
}

struct digest {
	const char *name;
	uint32_t code;
	size_t block;
};

static const struct digest digests[] = {
	{ "md5", SWHISI_SEC_MD5, 64 },
	{ "sha1", SWHISI_SEC_SHA1, 64 },
	{ "sha224", SWHISI_SEC_SHA224, 64 },
	{ "sha256", SWHISI_SEC_SHA256, 64 },
	{ "sha384", SWHISI_SEC_SHA384, 128 },
	{ "sha512", SWHISI_SEC_SHA512, 128 },
};

static const struct digest *find_digest(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(digests) / sizeof(digests[0]); i++)
		if (!strcmp(digests[i].name, name))
			return &digests[i];
	return NULL;
}

int hisi_execute_sec(const struct hisi_work *work, struct hisi_queue *queue,
		     struct swhisi_sec *sec)
{
	size_t size = sec->cipher_length ?
			      sec->cipher_offset + sec->cipher_length :
			      sec->mac_length;
	void *in = NULL, *out = NULL;
	int ret = hisi_check_sec_size(size);

	if (ret)
		return ret;
	if (work->buffer) {
		sec->source = hisi_make_list((void *)(uintptr_t)sec->source,
					     size, work->buffer, &in);
		sec->param |= SWHISI_SEC_SOURCE_SGL;
	}
	if (work->buffer && sec->destination) {
		sec->destination =
			hisi_make_list((void *)(uintptr_t)sec->destination,
				       size, work->buffer, &out);
		sec->param |= SWHISI_SEC_TARGET_SGL;
	}
	ret = hisi_execute(queue, work->timeout_ms, sec);
	free(in);
	free(out);
	if (ret)
		return ret;
	if (sec->done & SWHISI_SEC_BAD_TAG)
		return swclient_fail(EBADMSG, "the tag is wrong");
	if (sec->done != SWHISI_SEC_DONE || sec->error)
		return swclient_fail(EIO, "error %u", sec->error);
	return 0;
}

static struct swhisi_sec describe(const struct hisi_work *work,
				  const struct digest *digest, bool keyed,
				  unsigned char *result)
{
	struct swhisi_sec sec = {
		.param = SWHISI_SEC_TYPE | SWHISI_SEC_STREAM << 5,
		.source = (uintptr_t)work->data,
		.mac = SWHISI_SEC_AUTHENTICATE | digest->code << 15,
		.mac_key = (uintptr_t)hisi_hmac_key(),
		.mac_length = (uint32_t)work->size,
		.result = (uintptr_t)result,
	};

	if (keyed)
		sec.mac |= SWHISI_SEC_HMAC << 15 |
			   (uint32_t)work->key_size / 4 << 9;
	return sec;
}

/* A message in parts: the state lies in the result between them. */
static int digest_parts(const struct hisi_work *work, struct hisi_queue *queue,
			const struct digest *digest, bool keyed,
			unsigned char *result)
{
	size_t part = work->part & ~(digest->block - 1), at, left = work->size;
	struct swhisi_sec sec;
	int ret = 0;

	if (!part)
		part = digest->block;
	for (at = 0; !ret && (left > part || !at); at += part, left -= part) {
		if (left <= part)
			break;
		sec = describe(work, digest, keyed, result);
		sec.source += at;
		sec.mac_length = (uint32_t)part;
		sec.padding = 1;
		if (at) {
			sec.mac |= 1 << 2;
			sec.mac_start = (uintptr_t)result;
		}
		ret = hisi_execute_sec(work, queue, &sec);
	}
	if (ret)
		return ret;
	sec = describe(work, digest, keyed, result);
	sec.source += at;
	sec.mac_length = (uint32_t)left;
	if (at) {
		sec.mac |= 1 << 2;
		sec.mac_start = (uintptr_t)result;
		sec.total = (uint64_t)work->size * 8;
	}
	return hisi_execute_sec(work, queue, &sec);
}

static int compute_digest(const struct hisi_work *work,
			  const struct digest *digest, bool keyed,
			  unsigned char *result)
{
	struct hisi_queue *queue = hisi_open(work->node, 0);
	struct swhisi_sec sec;
	int ret;

	if (!queue)
		return -1;
	if (work->part) {
		ret = digest_parts(work, queue, digest, keyed, result);
	} else {
		sec = describe(work, digest, keyed, result);
		ret = hisi_execute_sec(work, queue, &sec);
	}
	hisi_close(queue);
	return ret;
}

static int check_digest(const struct hisi_work *work, const char *name,
			bool keyed, const unsigned char *result)
{
	unsigned char right[EVP_MAX_MD_SIZE];
	const EVP_MD *md = EVP_get_digestbyname(name);
	unsigned int size = 0;

	if (keyed)
		HMAC(md, hisi_hmac_key(), (int)work->key_size, work->data,
		     work->size, right, &size);
	else
		EVP_Digest(work->data, work->size, right, &size, md, NULL);
	if (!size)
		return swclient_fail(EIO, "OpenSSL has no %s", name);
	if (memcmp(result, right, size))
		return swclient_fail(EBADMSG, "OpenSSL gets another digest");
	return 0;
}

static int run_digest(const struct hisi_work *work)
{
	bool keyed = !strncmp(work->name, "hmac-", 5);
	const char *name = work->name + (keyed ? 5 : 0);
	/* Zeros, for what OpenSSL does not have either. */
	unsigned char result[EVP_MAX_MD_SIZE] = { 0 };
	int ret;

	ret = compute_digest(work, find_digest(name), keyed, result);
	return ret ? ret : check_digest(work, name, keyed, result);
}

/* Of "aes-128-cbc", "des-ede3-cbc", "des-ede-cbc", "aes-128-cbc-hmac-sha1". */
static uint32_t mode_of(const char *name)
{
	static const char *const modes[] = {
		[SWHISI_SEC_ECB] = "-ecb", [SWHISI_SEC_CBC] = "-cbc",
		[SWHISI_SEC_CTR] = "-ctr", [SWHISI_SEC_CCM] = "-ccm",
		[SWHISI_SEC_GCM] = "-gcm", [SWHISI_SEC_XTS] = "-xts",
	};
	uint32_t mode;

	for (mode = 0; mode < sizeof(modes) / sizeof(modes[0]); mode++)
		if (modes[mode] && strstr(name, modes[mode]))
			return mode;
	return 0;
}

static void describe_key(struct swhisi_sec *sec, const char *name)
{
	uint32_t length = (uint32_t)atoi(name + 4) / 64 - 2;
	uint32_t algorithm = SWHISI_SEC_AES;

	if (!strncmp(name, "des", 3)) {
		length = name[7] == '3' ? SWHISI_SEC_3_KEYS : SWHISI_SEC_2_KEYS;
		algorithm = SWHISI_SEC_3DES;
	}
	sec->cipher |= (uint16_t)(length << 13);
	sec->mode = (uint8_t)(algorithm << 4 | mode_of(name));
}

/* Their names are OpenSSL's, too. */
struct swhisi_sec hisi_describe_cipher(const struct hisi_work *work,
				       bool encrypt)
{
	struct swhisi_sec sec = {
		.param = SWHISI_SEC_TYPE | 1 << 5 | 1 << 9,
		.cipher = encrypt ? SWHISI_SEC_ENCRYPT : SWHISI_SEC_DECRYPT,
		.key = (uintptr_t)hisi_key,
		.start = (uintptr_t)hisi_start,
		.cipher_length = (uint32_t)work->size,
	};

	describe_key(&sec, work->name);
	return sec;
}

static int openssl(const struct hisi_work *work, unsigned char *out)
{
	const EVP_CIPHER *cipher = EVP_get_cipherbyname(work->name);
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int length = 0, rest = 0, good;

	good = cipher && context &&
	       EVP_EncryptInit(context, cipher, hisi_key, hisi_start) &&
	       EVP_CIPHER_CTX_set_padding(context, 0) &&
	       EVP_EncryptUpdate(context, out, &length, work->data,
				 (int)work->size) &&
	       EVP_EncryptFinal(context, out + length, &rest);
	EVP_CIPHER_CTX_free(context);
	return good ? 0 : swclient_fail(EIO, "OpenSSL: %s failed", work->name);
}

static int there_and_back(const struct hisi_work *work,
			  struct hisi_queue *queue, const unsigned char *right,
			  unsigned char *out, unsigned char *back)
{
	struct swhisi_sec sec = hisi_describe_cipher(work, true);
	int ret;

	sec.source = (uintptr_t)work->data;
	sec.destination = (uintptr_t)out;
	ret = hisi_execute_sec(work, queue, &sec);
	if (ret)
		return ret;
	if (memcmp(out, right, work->size))
		return swclient_fail(EBADMSG, "OpenSSL encrypts to other data");
	sec = hisi_describe_cipher(work, false);
	sec.source = (uintptr_t)out;
	sec.destination = (uintptr_t)back;
	ret = hisi_execute_sec(work, queue, &sec);
	if (!ret && memcmp(back, work->data, work->size))
		ret = swclient_fail(EBADMSG, "the decrypted data differs");
	return ret;
}

static int compute_cipher(const struct hisi_work *work, unsigned char *right,
			  unsigned char *out, unsigned char *back)
{
	struct hisi_queue *queue;
	int ret = hisi_check_sec_size(work->size);

	if (!ret)
		ret = openssl(work, right);
	if (ret)
		return ret;
	queue = hisi_open(work->node, 0);
	if (!queue)
		return -1;
	ret = there_and_back(work, queue, right, out, back);
	hisi_close(queue);
	return ret;
}

static int run_cipher(const struct hisi_work *work)
{
	struct hisi_work blocks = *work;
	unsigned char *memory;
	size_t size;
	int ret;

	if (!strstr(work->name, "ctr") && !strstr(work->name, "xts"))
		blocks.size &= ~(size_t)15;
	size = work->size + 16;
	memory = malloc(3 * size);
	if (!memory)
		return swclient_fail(ENOMEM, "no memory");
	ret = compute_cipher(&blocks, memory, memory + size, memory + 2 * size);
	free(memory);
	return ret;
}

#define DIGEST(name)							\
	{ name, "digest", run_digest }, { "hmac-" name, "digest", run_digest }
#define CIPHER(mode)							\
	{ "aes-128-" mode, "cipher", run_cipher },			\
	{ "aes-256-" mode, "cipher", run_cipher }

const struct hisi_operation hisi_sec_operations[] = {
	DIGEST("md5"), DIGEST("sha1"), DIGEST("sha224"), DIGEST("sha256"),
	DIGEST("sha384"), DIGEST("sha512"),
	CIPHER("ecb"), CIPHER("cbc"), CIPHER("ctr"), CIPHER("xts"),
	{ "aes-192-ecb", "cipher", run_cipher },
	{ "aes-192-cbc", "cipher", run_cipher },
	{ "aes-192-ctr", "cipher", run_cipher },
	{ "des-ede3-ecb", "cipher", run_cipher },
	{ "des-ede3-cbc", "cipher", run_cipher },
	{ "des-ede-ecb", "cipher", run_cipher },
	{ "des-ede-cbc", "cipher", run_cipher },
	{ NULL, NULL, NULL },
};
