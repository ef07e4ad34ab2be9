// SPDX-License-Identifier: GPL-2.0
/* AES: ECB, CBC and CTR a chunk at a time, XTS as a whole. */
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

struct crypto_skcipher *swaccel_sec_open_cipher(struct swaccel_queue *queue,
						const char *name, u64 address,
						u32 length)
{
	struct crypto_skcipher *cipher;
	u8 key[MAX_KEY];
	int ret;

	ret = swaccel_read(queue, key, address, length);
	if (ret)
		return ERR_PTR(ret);
	cipher = open_with(name, key, length);
	memzero_explicit(key, sizeof(key));
	return cipher;
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

static const char *name_of(const struct swhisi_sec *sec)
{
	if (sec->mode >> 4 != SWHISI_SEC_AES)
		return NULL;
	switch (sec->mode & 0xf) {
	case SWHISI_SEC_ECB:
		return "ecb(aes)";
	case SWHISI_SEC_CBC:
		return "cbc(aes)";
	case SWHISI_SEC_CTR:
		return "ctr(aes)";
	case SWHISI_SEC_XTS:
		return "xts(aes)";
	default:
		return NULL;
	}
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
		    struct crypto_skcipher *cipher)
{
	const struct swaccel_area from = swaccel_sec_source(sec);
	const struct swaccel_area to = swaccel_sec_destination(sec);
	u32 length = sec->cipher_length & SWACCEL_SEC_LENGTH;
	u8 start[AES_BLOCK_SIZE] = { };
	struct swaccel_source source;
	struct swaccel_sink sink;
	int ret;

	if ((sec->mode & 0xf) != SWHISI_SEC_ECB) {
		ret = swaccel_read(queue, start, sec->start, sizeof(start));
		if (ret)
			return ret;
	}
	ret = swaccel_source_open(&source, queue, &from, length);
	if (!ret)
		ret = swaccel_sink_open(&sink, queue, &to, length);
	if (ret || !length)
		return ret;
	if ((sec->mode & 0xf) == SWHISI_SEC_XTS)
		return crypt_whole(cipher, sec, &source, &sink, start);
	return crypt_chunks(cipher, sec, &source, &sink, start);
}

int swaccel_sec_cipher(struct swaccel_queue *queue, struct swhisi_sec *sec)
{
	int length = swaccel_sec_key_length(sec);
	const char *name = name_of(sec);
	struct crypto_skcipher *cipher;
	int ret;

	if ((sec->cipher & 3) > SWHISI_SEC_DECRYPT || length < 0)
		return -EINVAL;
	if (!name)
		return -EOPNOTSUPP;
	if ((sec->mode & 0xf) == SWHISI_SEC_XTS)
		length *= 2;
	cipher = swaccel_sec_open_cipher(queue, name, sec->key, length);
	if (IS_ERR(cipher))
		return PTR_ERR(cipher);
	ret = run_with(queue, sec, cipher);
	crypto_free_skcipher(cipher);
	return ret;
}
