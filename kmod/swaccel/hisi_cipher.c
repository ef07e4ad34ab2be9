// SPDX-License-Identifier: GPL-2.0
/* AES and 3DES: ECB, CBC and CTR a chunk at a time, XTS as a whole. */
#include <crypto/des.h>
#include <crypto/skcipher.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <uapi/misc/uacce/swhisi.h>

#include "device.h"
#include "hisi_sec.h"

/* Both keys of XTS. */
#define MAX_KEY		(2 * AES_MAX_KEY_SIZE)

static struct crypto_skcipher *open_with(const char *name, const u8 *key,
					 u32 length)
{
	struct crypto_skcipher *cipher;
	int ret;

	cipher = crypto_alloc_skcipher(name, 0, CRYPTO_ALG_ASYNC);
	if (IS_ERR(cipher))
		return cipher;
	ret = crypto_skcipher_setkey(cipher, key, length);
	if (!ret)
		return cipher;
	crypto_free_skcipher(cipher);
	return ERR_PTR(ret);
}

/* @again: so many of the key's first bytes follow it. */
static struct crypto_skcipher *read_key(struct swaccel_queue *queue,
					const char *name, u64 address,
					u32 length, u32 again)
{
	struct crypto_skcipher *cipher;
	u8 key[MAX_KEY];
	int ret;

	ret = swaccel_read(queue, key, address, length);
	if (ret)
		return ERR_PTR(ret);
	memcpy(key + length, key, again);
	cipher = open_with(name, key, length + again);
	memzero_explicit(key, sizeof(key));
	return cipher;
}

struct crypto_skcipher *swaccel_sec_open_cipher(struct swaccel_queue *queue,
						const char *name, u64 address,
						u32 length)
{
	return read_key(queue, name, address, length, 0);
}

static struct page *page_of(const void *address)
{
	return is_vmalloc_addr(address) ? vmalloc_to_page(address) :
					  virt_to_page(address);
}

/* Return: how many entries of @list the buffer takes. */
static u32 describe(struct scatterlist *list, const void *data, u32 length)
{
	u32 count = 0, step;

	for (; length; length -= step, data += step) {
		step = min_t(u32, length, PAGE_SIZE - offset_in_page(data));
		sg_set_page(&list[count++], page_of(data), step,
			    offset_in_page(data));
	}
	return count;
}

static int crypt(struct crypto_skcipher *cipher, bool encrypt,
		 struct scatterlist *list, u32 length, u8 *start)
{
	struct skcipher_request *request;
	int ret;

	request = skcipher_request_alloc(cipher, GFP_KERNEL);
	if (!request)
		return -ENOMEM;
	skcipher_request_set_callback(request, CRYPTO_TFM_REQ_MAY_SLEEP, NULL,
				      NULL);
	skcipher_request_set_crypt(request, list, list, length, start);
	ret = encrypt ? crypto_skcipher_encrypt(request) :
			crypto_skcipher_decrypt(request);
	skcipher_request_free(request);
	return ret;
}

int swaccel_sec_crypt(struct crypto_skcipher *cipher, bool encrypt, void *data,
		      u32 length, u8 *start)
{
	u32 pages = DIV_ROUND_UP(offset_in_page(data) + length, PAGE_SIZE);
	struct scatterlist *list;
	int ret;

	if (!length)
		return 0;
	list = kvmalloc_array(pages, sizeof(*list), GFP_KERNEL_ACCOUNT);
	if (!list)
		return -ENOMEM;
	sg_init_table(list, pages);
	describe(list, data, length);
	ret = crypt(cipher, encrypt, list, length, start);
	kvfree(list);
	return ret;
}

/**
 * struct algorithm - what is computed for a descriptor
 * @name: in the kernel's crypto
 * @mode: as in a descriptor, with the algorithm
 * @start: bytes of the initial vector
 */
struct algorithm {
	const char *name;
	u8 mode;
	u8 start;
};

#define AES(mode)	(SWHISI_SEC_AES << 4 | (mode))
#define TRIPLE_DES(mode) (SWHISI_SEC_3DES << 4 | (mode))

static const struct algorithm algorithms[] = {
	{ "ecb(aes)", AES(SWHISI_SEC_ECB), 0 },
	{ "cbc(aes)", AES(SWHISI_SEC_CBC), AES_BLOCK_SIZE },
	{ "ctr(aes)", AES(SWHISI_SEC_CTR), AES_BLOCK_SIZE },
	{ "xts(aes)", AES(SWHISI_SEC_XTS), AES_BLOCK_SIZE },
	{ "ecb(des3_ede)", TRIPLE_DES(SWHISI_SEC_ECB), 0 },
	{ "cbc(des3_ede)", TRIPLE_DES(SWHISI_SEC_CBC), DES3_EDE_BLOCK_SIZE },
};

static const struct algorithm *find_algorithm(const struct swhisi_sec *sec)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(algorithms); i++)
		if (algorithms[i].mode == sec->mode)
			return &algorithms[i];
	return NULL;
}

static bool is_xts(const struct swhisi_sec *sec)
{
	return sec->mode == AES(SWHISI_SEC_XTS);
}

static bool encrypts(const struct swhisi_sec *sec)
{
	return (sec->cipher & 3) == SWHISI_SEC_ENCRYPT;
}

static int crypt_chunks(struct crypto_skcipher *cipher,
			const struct swhisi_sec *sec,
			struct swaccel_source *source,
			struct swaccel_sink *sink, u8 *start)
{
	void *data = source->queue->input;
	int length, ret;

	while ((length = swaccel_source_next(source)) > 0) {
		ret = swaccel_sec_crypt(cipher, encrypts(sec), data, length,
					start);
		if (!ret)
			ret = swaccel_sink_write(sink, data, length);
		if (ret)
			return ret;
	}
	return length;
}

/* XTS has one initial vector for all of the data, at most 16 MiB. */
static int crypt_whole(struct crypto_skcipher *cipher,
		       const struct swhisi_sec *sec,
		       struct swaccel_source *source, struct swaccel_sink *sink,
		       u8 *start)
{
	u32 length = source->left;
	void *data;
	int ret;

	/* Rather an error here than a victim elsewhere. */
	data = kvmalloc_node(length, GFP_KERNEL_ACCOUNT |
			     __GFP_RETRY_MAYFAIL | __GFP_NOWARN,
			     source->queue->device->config.node);
	if (!data)
		return -ENOMEM;
	ret = swaccel_cursor_read(&source->cursor, data, length);
	if (ret == -ENODATA)
		ret = -EINVAL;
	if (!ret)
		ret = swaccel_sec_crypt(cipher, encrypts(sec), data, length,
					start);
	if (!ret)
		ret = swaccel_sink_write(sink, data, length);
	kvfree(data);
	return ret;
}

static int run_with(struct swaccel_queue *queue, const struct swhisi_sec *sec,
		    const struct algorithm *algorithm,
		    struct crypto_skcipher *cipher)
{
	const struct swaccel_area from = swaccel_sec_source(sec);
	const struct swaccel_area to = swaccel_sec_destination(sec);
	u32 length = sec->cipher_length;
	u8 start[AES_BLOCK_SIZE] = { };
	struct swaccel_source source;
	struct swaccel_sink sink;
	int ret;

	if (algorithm->start) {
		ret = swaccel_read(queue, start, sec->start, algorithm->start);
		if (ret)
			return ret;
	}
	ret = swaccel_source_open(&source, queue, &from, length);
	if (!ret)
		ret = swaccel_sink_open(&sink, queue, &to, length);
	if (ret || !length)
		return ret;
	if (is_xts(sec))
		return crypt_whole(cipher, sec, &source, &sink, start);
	return crypt_chunks(cipher, sec, &source, &sink, start);
}

/* Of two keys the first is the third, too. */
static struct crypto_skcipher *open_3des(struct swaccel_queue *queue,
					 const char *name,
					 const struct swhisi_sec *sec)
{
	switch (sec->cipher >> 13) {
	case SWHISI_SEC_3_KEYS:
		return read_key(queue, name, sec->key, DES3_EDE_KEY_SIZE, 0);
	case SWHISI_SEC_2_KEYS:
		return read_key(queue, name, sec->key, 2 * DES_KEY_SIZE,
				DES_KEY_SIZE);
	default:
		return ERR_PTR(-EINVAL);
	}
}

static struct crypto_skcipher *open_aes(struct swaccel_queue *queue,
					const char *name,
					const struct swhisi_sec *sec)
{
	int length = swaccel_sec_key_length(sec);

	if (length < 0)
		return ERR_PTR(length);
	/* IEEE 1619 knows 128 and 256 bits, two keys of them. */
	if (is_xts(sec) && length == AES_KEYSIZE_192)
		return ERR_PTR(-EOPNOTSUPP);
	return read_key(queue, name, sec->key, is_xts(sec) ? 2 * length : length,
			0);
}

int swaccel_sec_cipher(struct swaccel_queue *queue, struct swhisi_sec *sec)
{
	const struct algorithm *algorithm = find_algorithm(sec);
	struct crypto_skcipher *cipher;
	int ret;

	if ((sec->cipher & 3) > SWHISI_SEC_DECRYPT)
		return -EINVAL;
	if (!algorithm)
		return -EOPNOTSUPP;
	if (sec->mode >> 4 == SWHISI_SEC_AES)
		cipher = open_aes(queue, algorithm->name, sec);
	else
		cipher = open_3des(queue, algorithm->name, sec);
	if (IS_ERR(cipher))
		return PTR_ERR(cipher);
	ret = run_with(queue, sec, algorithm, cipher);
	crypto_free_skcipher(cipher);
	return ret;
}
