/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hisi-abuse NODE zip|sec: descriptors that a device refuses, and what it says
 * then. A line for each case that does not end as it should; exit status 0 when
 * there is none.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "expect.h"
#include "hisi.h"

#define TIMEOUT_MS	60000
#define SIZE		4096u
/* One more than a queue keeps. */
#define STREAMS		256

static unsigned char source[SIZE];
static unsigned char destination[2 * SIZE];
static unsigned char start[16];
static unsigned char key[64];

static struct swhisi_sec digest(void)
{
	return (struct swhisi_sec){
		.param = SWHISI_SEC_TYPE,
		.mac = SWHISI_SEC_AUTHENTICATE | SWHISI_SEC_SHA256 << 15,
		.source = (uintptr_t)source,
		.mac_length = SIZE,
		.result = (uintptr_t)destination,
	};
}

static struct swhisi_sec cipher(unsigned int mode)
{
	return (struct swhisi_sec){
		.param = SWHISI_SEC_TYPE,
		.cipher = SWHISI_SEC_ENCRYPT,
		.mode = (uint8_t)(SWHISI_SEC_AES << 4 | mode),
		.source = (uintptr_t)source,
		.cipher_length = SIZE,
		.destination = (uintptr_t)destination,
		.key = (uintptr_t)key,
		.start = (uintptr_t)start,
	};
}

static struct swhisi_sec authenc(void)
{
	struct swhisi_sec sec = cipher(SWHISI_SEC_CBC);

	sec.mac = SWHISI_SEC_AUTHENTICATE | 8 << 4 | 8 << 9 |
		  (SWHISI_SEC_HMAC | SWHISI_SEC_SHA256) << 15;
	sec.mac_key = (uintptr_t)key;
	sec.mac_length = SIZE;
	sec.result = (uintptr_t)start;
	return sec;
}

#define SEC(what, made, change, wanted)					\
	do {								\
		struct swhisi_sec s = made;				\
									\
		change;							\
		expect(what, hisi_execute(queue, TIMEOUT_MS, &s), 0);	\
		expect(what, s.error, wanted);				\
		expect(what, s.done, SWHISI_SEC_DONE);			\
	} while (0)

static void test_sec(struct hisi_queue *queue)
{
	const uint32_t more = 1u << 24;

	SEC("a digest", digest(), (void)s, SWHISI_SEC_OK);
	SEC("another type", digest(), s.param = 2, SWHISI_SEC_BAD_DESCRIPTOR);
	SEC("16 MiB to digest", digest(), s.mac_length = more,
	    SWHISI_SEC_BAD_DESCRIPTOR);
	SEC("16 MiB and some to digest", digest(), s.mac_length += more,
	    SWHISI_SEC_BAD_DESCRIPTOR);
	SEC("a digest that is none", digest(), s.mac |= 15 << 15,
	    SWHISI_SEC_UNSUPPORTED);
	SEC("a source that is none", digest(), s.source = 0,
	    SWHISI_SEC_BAD_ADDRESS);
	SEC("CBC", cipher(SWHISI_SEC_CBC), (void)s, SWHISI_SEC_OK);
	SEC("16 MiB and some to encrypt", cipher(SWHISI_SEC_CBC),
	    s.cipher_length += more, SWHISI_SEC_BAD_DESCRIPTOR);
	SEC("CBC of a byte too many", cipher(SWHISI_SEC_CBC),
	    s.cipher_length -= 1, SWHISI_SEC_BAD_DESCRIPTOR);
	SEC("XTS of 256 bits", cipher(SWHISI_SEC_XTS), s.cipher |= 2 << 13,
	    SWHISI_SEC_OK);
	SEC("XTS of 192 bits", cipher(SWHISI_SEC_XTS), s.cipher |= 1 << 13,
	    SWHISI_SEC_UNSUPPORTED);
	SEC("a key of no length", cipher(SWHISI_SEC_CBC), s.cipher |= 3 << 13,
	    SWHISI_SEC_BAD_DESCRIPTOR);
	SEC("3DES", cipher(SWHISI_SEC_CBC),
	    (s.mode = SWHISI_SEC_3DES << 4 | SWHISI_SEC_CBC,
	     s.cipher |= SWHISI_SEC_3_KEYS << 13), SWHISI_SEC_OK);
	SEC("3DES of one key", cipher(SWHISI_SEC_CBC),
	    s.mode = SWHISI_SEC_3DES << 4 | SWHISI_SEC_CBC,
	    SWHISI_SEC_BAD_DESCRIPTOR);
	SEC("3DES as CTR", cipher(SWHISI_SEC_CTR),
	    (s.mode = SWHISI_SEC_3DES << 4 | SWHISI_SEC_CTR,
	     s.cipher |= SWHISI_SEC_3_KEYS << 13), SWHISI_SEC_UNSUPPORTED);
	SEC("SM4", cipher(SWHISI_SEC_CBC), s.mode = 3 << 4 | SWHISI_SEC_CBC,
	    SWHISI_SEC_UNSUPPORTED);
	SEC("OFB", cipher(3), (void)s, SWHISI_SEC_UNSUPPORTED);
	SEC("CBC and an HMAC", authenc(), (void)s, SWHISI_SEC_OK);
	SEC("an HMAC of too little", authenc(), s.mac_length -= 16,
	    SWHISI_SEC_BAD_DESCRIPTOR);
}

struct packed {
	unsigned char data[2 * SIZE];
	uint32_t size;
};

static struct packed pack(void)
{
	struct packed packed = { .size = 0 };
	z_stream stream = { 0 };

	deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
	stream.next_in = source;
	stream.avail_in = SIZE;
	stream.next_out = packed.data;
	stream.avail_out = sizeof(packed.data);
	expect("zlib", deflate(&stream, Z_FINISH), Z_STREAM_END);
	packed.size = (uint32_t)stream.total_out;
	deflateEnd(&stream);
	return packed;
}

/* Bytes from `from` up to `to`. */
static struct swhisi_zip unpack(const struct packed *packed, uint32_t from,
				uint32_t to)
{
	return (struct swhisi_zip){
		.length = to - from,
		.room = sizeof(destination),
		.control = 3u << SWHISI_ZIP_TYPE_SHIFT | SWHISI_ZIP_FINISH,
		.algorithm = SWHISI_ZIP_DEFLATE,
		.source = (uintptr_t)packed->data + from,
		.destination = (uintptr_t)destination,
	};
}

#define ZIP(what, from, to, change, wanted)				\
	do {								\
		struct swhisi_zip z = unpack(packed, from, to);		\
									\
		change;							\
		expect(what, hisi_execute(queue, TIMEOUT_MS, &z), 0);	\
		expect(what, z.status & 0xff, wanted);			\
	} while (0)

/* As many as are kept; what comes whole is none of them. */
static void test_streams(struct hisi_queue *queue, const struct packed *packed)
{
	const uint32_t half = packed->size / 2;
	uint64_t i;

	for (i = 1; i <= STREAMS; i++)
		ZIP("a stream begins", 0, half,
		    (z.stream = i, z.control |= SWHISI_ZIP_STREAM |
						 SWHISI_ZIP_NEW),
		    SWHISI_ZIP_OK);
	ZIP("whole", 0, packed->size, (void)z, SWHISI_ZIP_OK);
	for (i = 1; i <= STREAMS; i++)
		ZIP("a stream ends", half, packed->size,
		    (z.stream = i, z.control |= SWHISI_ZIP_STREAM),
		    SWHISI_ZIP_STREAM_END);
	ZIP("a stream that has ended", half, packed->size,
	    (z.stream = 1, z.control |= SWHISI_ZIP_STREAM),
	    SWHISI_ZIP_BAD_DESCRIPTOR);
}

static void test_zip(struct hisi_queue *queue, const struct packed *packed)
{
	const uint32_t size = packed->size;

	ZIP("a good one", 0, size, (void)z, SWHISI_ZIP_OK);
	ZIP("too short", 0, size - 1, (void)z, SWHISI_ZIP_BAD_DATA);
	ZIP("no room", 0, size, z.room = 16, SWHISI_ZIP_NO_ROOM);
	ZIP("of version 2", 0, size, z.control &= 0x0fffffff,
	    SWHISI_ZIP_BAD_DESCRIPTOR);
	ZIP("no format", 0, size, z.algorithm = 0, SWHISI_ZIP_BAD_DESCRIPTOR);
	ZIP("a source that is none", 0, size, z.source = 0,
	    SWHISI_ZIP_BAD_ADDRESS);
	ZIP("a longer one than there is", 0, size, z.length = ~0u,
	    SWHISI_ZIP_BAD_DESCRIPTOR);
	test_streams(queue, packed);
}

int main(int argc, char **argv)
{
	struct hisi_queue *queue;
	struct packed packed;
	size_t i;

	if (argc != 3) {
		fprintf(stderr, "Usage: hisi-abuse NODE zip|sec\n");
		return 2;
	}
	setlinebuf(stdout);
	for (i = 0; i < sizeof(source); i++)
		source[i] = (unsigned char)(i * i >> 7);
	for (i = 0; i < sizeof(key); i++)
		key[i] = (unsigned char)i;
	queue = hisi_open(argv[1], 1);
	if (!queue) {
		fprintf(stderr, "hisi-abuse: %s\n", swclient_error());
		return 1;
	}
	packed = pack();
	if (strcmp(argv[2], "zip"))
		test_sec(queue);
	else
		test_zip(queue, &packed);
	hisi_close(queue);
	return failures ? 1 : 0;
}
