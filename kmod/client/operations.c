/* SPDX-License-Identifier: Apache-2.0 */
#include "operations.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "internal.h"

static int execute(struct swclient_queue *queue,
		   const struct swaccel_descriptor *descriptor, int timeout_ms,
		   struct swaccel_completion *completion)
{
	int ret = swclient_execute(queue, descriptor, timeout_ms, completion);

	if (ret)
		return ret;
	if (completion->status != SWACCEL_OK)
		return swclient_fail(EIO, "the device reports: %s",
				     swclient_status_name(completion->status));
	return 0;
}

static struct swaccel_descriptor describe(unsigned char code, const void *from,
					  size_t size, void *to, size_t room)
{
	return (struct swaccel_descriptor){
		.operation = code,
		.source = (uintptr_t)from,
		.source_length = (uint32_t)size,
		.destination = (uintptr_t)to,
		.destination_length = (uint32_t)room,
	};
}

static int run_memmove(const struct operation *operation,
		       struct swclient_queue *queue, const void *data,
		       size_t size, int timeout_ms)
{
	unsigned char *copy = malloc(size + 1);
	struct swaccel_completion completion;
	struct swaccel_descriptor descriptor;
	int ret;

	if (!copy)
		return swclient_fail(ENOMEM, "no memory");
	descriptor = describe(operation->code, data, size, copy, size);
	ret = execute(queue, &descriptor, timeout_ms, &completion);
	if (!ret && (completion.produced != size || memcmp(copy, data, size)))
		ret = swclient_fail(EBADMSG, "the copy differs");
	free(copy);
	return ret;
}

static uint32_t crc32c(const unsigned char *data, size_t size)
{
	uint32_t crc = ~0u;
	size_t i;
	int bit;

	for (i = 0; i < size; i++) {
		crc ^= data[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

static int run_crc32c(const struct operation *operation,
		      struct swclient_queue *queue, const void *data,
		      size_t size, int timeout_ms)
{
	struct swaccel_completion completion;
	struct swaccel_descriptor descriptor;
	int ret;

	descriptor = describe(operation->code, data, size, NULL, 0);
	ret = execute(queue, &descriptor, timeout_ms, &completion);
	if (!ret && completion.checksum != crc32c(data, size))
		ret = swclient_fail(EBADMSG, "the CRC differs");
	return ret;
}

/* Return: length of the digest. */
static size_t digest(unsigned char code, const void *head, size_t head_size,
		     const void *data, size_t size, unsigned char *out)
{
	SHA256_CTX sha256;
	SHA512_CTX sha512;

	if (code == SWACCEL_SHA256 || code == SWACCEL_HMAC_SHA256) {
		SHA256_Init(&sha256);
		SHA256_Update(&sha256, head, head_size);
		SHA256_Update(&sha256, data, size);
		SHA256_Final(out, &sha256);
		return SHA256_DIGEST_LENGTH;
	}
	SHA512_Init(&sha512);
	SHA512_Update(&sha512, head, head_size);
	SHA512_Update(&sha512, data, size);
	SHA512_Final(out, &sha512);
	return SHA512_DIGEST_LENGTH;
}

static const unsigned char hmac_key[] = "a key of the client";

static size_t hmac(unsigned char code, const void *data, size_t size,
		   unsigned char *out)
{
	size_t block = code == SWACCEL_HMAC_SHA256 ? 64 : 128;
	unsigned char inner[SHA512_DIGEST_LENGTH], pad[2][128];
	size_t i, length;

	for (i = 0; i < block; i++) {
		unsigned char byte = i < sizeof(hmac_key) ? hmac_key[i] : 0;

		pad[0][i] = byte ^ 0x36;
		pad[1][i] = byte ^ 0x5c;
	}
	length = digest(code, pad[0], block, data, size, inner);
	return digest(code, pad[1], block, inner, length, out);
}

static int run_digest(const struct operation *operation,
		      struct swclient_queue *queue, const void *data,
		      size_t size, int timeout_ms)
{
	unsigned char result[SHA512_DIGEST_LENGTH] = { 0 };
	unsigned char expected[SHA512_DIGEST_LENGTH];
	unsigned char code = operation->code;
	struct swaccel_completion completion;
	struct swaccel_descriptor descriptor;
	size_t length;
	int ret;

	descriptor = describe(code, data, size, result, sizeof(result));
	if (code == SWACCEL_HMAC_SHA256 || code == SWACCEL_HMAC_SHA512) {
		descriptor.key = (uintptr_t)hmac_key;
		descriptor.key_length = sizeof(hmac_key);
		length = hmac(code, data, size, expected);
	} else {
		length = digest(code, "", 0, data, size, expected);
	}
	ret = execute(queue, &descriptor, timeout_ms, &completion);
	if (!ret && (completion.produced != length ||
		     memcmp(result, expected, length)))
		ret = swclient_fail(EBADMSG, "the digest differs");
	return ret;
}

/* Whether zlib makes `data` of what the device compressed. */
static int check_compressed(int window_bits, void *packed, size_t packed_size,
			    const void *data, size_t size)
{
	unsigned char *plain = malloc(size + 1);
	z_stream stream = {
		.next_in = packed,
		.avail_in = (uInt)packed_size,
		.next_out = plain,
		.avail_out = (uInt)size + 1,
	};
	int code;

	if (!plain)
		return swclient_fail(ENOMEM, "no memory");
	inflateInit2(&stream, window_bits);
	code = inflate(&stream, Z_FINISH);
	inflateEnd(&stream);
	if (code != Z_STREAM_END || stream.total_out != size ||
	    stream.avail_in || memcmp(plain, data, size))
		code = swclient_fail(EBADMSG,
				     "zlib does not get the data back");
	else
		code = 0;
	free(plain);
	return code;
}

/* Whether the device makes `data` of what zlib compressed. */
static int check_decompression(const struct operation *operation,
			       struct swclient_queue *queue,
			       const void *data, size_t size, int timeout_ms)
{
	size_t room = size + size / 1000 + 128;
	unsigned char *packed = malloc(room);
	unsigned char *plain = malloc(size + 1);
	struct swaccel_completion completion;
	struct swaccel_descriptor descriptor;
	z_stream stream = {
		.next_in = (void *)data,
		.avail_in = (uInt)size,
		.next_out = packed,
		.avail_out = (uInt)room,
	};
	int ret;

	if (!packed || !plain) {
		ret = swclient_fail(ENOMEM, "no memory");
		goto out;
	}
	deflateInit2(&stream, 1, Z_DEFLATED, operation->window_bits, 8,
		     Z_DEFAULT_STRATEGY);
	deflate(&stream, Z_FINISH);
	deflateEnd(&stream);
	descriptor = describe(operation->inverse, packed, stream.total_out,
			      plain, size);
	ret = execute(queue, &descriptor, timeout_ms, &completion);
	if (!ret && (completion.produced != size ||
		     completion.consumed != stream.total_out ||
		     memcmp(plain, data, size)))
		ret = swclient_fail(EBADMSG, "the decompressed data differs");
out:
	free(packed);
	free(plain);
	return ret;
}

static int run_zip(const struct operation *operation,
		   struct swclient_queue *queue, const void *data, size_t size,
		   int timeout_ms)
{
	size_t room = size + size / 1000 + 128;
	/* Not touched before the device writes there. */
	unsigned char *packed = malloc(room);
	struct swaccel_completion completion;
	struct swaccel_descriptor descriptor;
	int ret;

	if (!packed)
		return swclient_fail(ENOMEM, "no memory");
	descriptor = describe(operation->code, data, size, packed, room);
	ret = execute(queue, &descriptor, timeout_ms, &completion);
	if (!ret)
		ret = check_compressed(operation->window_bits, packed,
				       completion.produced, data, size);
	free(packed);
	if (ret)
		return ret;
	return check_decompression(operation, queue, data, size, timeout_ms);
}

const struct operation operations[] = {
	{ "memmove", run_memmove, SWACCEL_MEMMOVE, 0, 0 },
	{ "crc32c", run_crc32c, SWACCEL_CRC32C, 0, 0 },
	{ "sha256", run_digest, SWACCEL_SHA256, 0, 0 },
	{ "sha512", run_digest, SWACCEL_SHA512, 0, 0 },
	{ "hmac-sha256", run_digest, SWACCEL_HMAC_SHA256, 0, 0 },
	{ "hmac-sha512", run_digest, SWACCEL_HMAC_SHA512, 0, 0 },
	{ "zlib", run_zip, SWACCEL_ZLIB_COMPRESS, SWACCEL_ZLIB_DECOMPRESS,
	  15 },
	{ "deflate", run_zip, SWACCEL_DEFLATE_COMPRESS,
	  SWACCEL_DEFLATE_DECOMPRESS, -15 },
	{ "gzip", run_zip, SWACCEL_GZIP_COMPRESS, SWACCEL_GZIP_DECOMPRESS,
	  31 },
};

const size_t operation_count = sizeof(operations) / sizeof(operations[0]);

const struct operation *find_operation(const char *name)
{
	size_t i;

	for (i = 0; i < operation_count; i++)
		if (!strcmp(operations[i].name, name))
			return &operations[i];
	return NULL;
}
