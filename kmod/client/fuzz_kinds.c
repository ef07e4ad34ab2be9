/* SPDX-License-Identifier: Apache-2.0 */
/* swaccel-fuzz: names of what is accepted, and packed data. */
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "fuzz.h"

#define FORMATS(way)							\
	way "-deflate", way "-deflate-part", way "-zlib",		\
	way "-zlib-part", way "-gzip", way "-gzip-part"

#define DIGESTS(prefix)							\
	prefix "sha1", prefix "sha256", prefix "md5", prefix "sha224",	\
	prefix "sha384", prefix "sha512"

/* In the order of enum fuzz_kind. */
const char *const fuzz_kind_names[FUZZ_KINDS] = {
	"nothing", "changed",
	FORMATS("zip2-compress"), FORMATS("zip2-decompress"),
	FORMATS("zip3-compress"), FORMATS("zip3-decompress"),
	DIGESTS("sec-"), DIGESTS("sec-hmac-"),
	"sec-aes-ecb", "sec-aes-cbc", "sec-aes-ctr", "sec-aes-xts",
	"sec-3des-ecb", "sec-3des-cbc",
	"sec-ccm", "sec-gcm", "sec-gcm-first", "sec-gcm-middle",
	"sec-cbc-hmac-sha1", "sec-cbc-hmac-sha256", "sec-cbc-hmac-sha512",
	"own-memmove", "own-crc32c",
	"own-sha256", "own-sha512", "own-hmac-sha256", "own-hmac-sha512",
	"own-zlib-compress", "own-zlib-decompress", "own-deflate-compress",
	"own-deflate-decompress", "own-gzip-compress", "own-gzip-decompress",
};

struct fuzz_packed fuzz_packed[3];

static int pack(struct fuzz_packed *packed, unsigned char *plain, int window)
{
	z_stream stream = { 0 };
	int ret;

	if (deflateInit2(&stream, 6, Z_DEFLATED, window, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return 1;
	stream.next_in = plain;
	stream.avail_in = FUZZ_PLAIN;
	stream.next_out = packed->data;
	stream.avail_out = sizeof(packed->data);
	ret = deflate(&stream, Z_FINISH) != Z_STREAM_END;
	packed->size = (uint32_t)stream.total_out;
	deflateEnd(&stream);
	return ret;
}

/* Half of it is text. */
int fuzz_pack(void)
{
	static unsigned char plain[FUZZ_PLAIN];
	static const int windows[] = { -15, 15, 31 };
	static const uint32_t headers[] = { 0, 2, 10 };
	int i, ret = 0;

	for (i = 0; i < (int)FUZZ_PLAIN; i++)
		plain[i] = (unsigned char)(fuzz_one_in(2) ? fuzz_rand() : 'a');
	for (i = 0; i < 3 && !ret; i++) {
		ret = pack(&fuzz_packed[i], plain, windows[i]);
		fuzz_packed[i].header = headers[i];
	}
	return ret;
}
