/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The queue interface "hisi_qm_v3" of HiSilicon's accelerators, as far as the
 * software accelerator implements it; "hisi_qm_v2" differs in zip descriptors
 * only. UADK is its best-known user.
 *
 * 1. open() the uacce device, mmap() the memory region (offset one page), then
 *    the doorbell region (offset 0), both MAP_SHARED.
 * 2. ioctl(SWHISI_CMD_SET_QP_CTX), ioctl(SWHISI_CMD_SET_QP_INFO).
 * 3. ioctl(UACCE_CMD_START_Q).
 * 4. The submission ring is at 0 of the memory region, the completion ring
 *    follows it; the last two words of the region are statuses, 1 when the
 *    queue is disabled. At most depth - 1 descriptors are outstanding.
 * 5. Both indices are told by one aligned 64-bit store at SWHISI_DOORBELL.
 * 6. A completion is there when its phase is the expected one: 1 in the first
 *    round, 0 in the second. The descriptor itself has been written back.
 *
 * All is little-endian.
 */
#ifndef _UAPI_SWHISI_H
#define _UAPI_SWHISI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define SWHISI_API_VER2		"hisi_qm_v2"
#define SWHISI_API_VER3		"hisi_qm_v3"

/**
 * struct swhisi_qp_ctx - what a queue is for
 * @id: result, number of the queue, for the doorbell
 * @direction: of zip, 0 compresses, 1 decompresses; else 0
 */
struct swhisi_qp_ctx {
	__u16 id;
	__u16 direction;
};

/**
 * struct swhisi_qp_info - what a queue is like
 * @descriptor_size: bytes of a slot of the submission ring
 * @submission_depth: slots
 * @completion_depth: slots
 * @reserved: 0
 */
struct swhisi_qp_info {
	__u32 descriptor_size;
	__u16 submission_depth;
	__u16 completion_depth;
	__u64 reserved;
};

#define SWHISI_CMD_SET_QP_CTX	_IOWR('H', 10, struct swhisi_qp_ctx)
#define SWHISI_CMD_SET_QP_INFO	_IOWR('H', 11, struct swhisi_qp_info)

/* Offset of the register in the doorbell region. */
#define SWHISI_DOORBELL		0x1000

#define SWHISI_DOORBELL_SUBMISSION	0
#define SWHISI_DOORBELL_COMPLETION	1

/* @index: the new tail of submissions, or the new head of completions. */
#define SWHISI_DOORBELL_VALUE(queue, command, index)			\
	((__u64)(queue) | (__u64)(command) << 12 | (__u64)(index) << 32)

#define SWHISI_PHASE		1

/**
 * struct swhisi_completion - a slot of the completion ring
 * @reserved: 0
 * @submission_head: slot of the descriptor that is done
 * @queue: number of the queue
 * @reserved2: 0
 * @phase: bit 0; written last
 */
struct swhisi_completion {
	__u32 reserved[2];
	__u16 submission_head;
	__u16 queue;
	__u16 reserved2;
	__u16 phase;
};

/**
 * struct swhisi_sgl - a table of buffers
 * @next: address of the next table, 0 for none
 * @entries_in_chain: not looked at
 * @entries: that are valid in this table, at most SWHISI_MAX_ENTRIES
 * @reserved: not looked at
 *
 * Entries follow, a struct swhisi_sge each. At most SWHISI_MAX_TABLES tables
 * make a list.
 */
struct swhisi_sgl {
	__u64 next;
	__u16 entries_in_chain;
	__u16 entries;
	__u8 reserved[52];
};

/* struct swhisi_sge - a buffer */
struct swhisi_sge {
	__u64 address;
	__u64 reserved;
	__u32 length;
	__u32 reserved2[3];
};

#define SWHISI_MAX_ENTRIES	255
#define SWHISI_MAX_TABLES	256

/**
 * struct swhisi_zip - a descriptor of hisi_zip
 * @consumed: result, bytes of the input
 * @produced: result, bytes of the output, the trailer of zlib or gzip included
 * @reserved: not looked at
 * @status: result, SWHISI_ZIP_*, and SWHISI_ZIP_LAST_BLOCK
 * @length: of the input, without the header of zlib or gzip
 * @reserved2: not looked at
 * @control: SWHISI_ZIP_STREAM and so on; bits 0-23 are bytes of an input list
 *	to skip
 * @output_skip: bits 0-23, bytes of an output list to skip
 * @algorithm: bits 0-7 SWHISI_ZIP_DEFLATE and so on; bits 8-11: 1 when source
 *	and destination are struct swhisi_sgl; bits 12-15 window, not looked at
 * @tag: not looked at; with version 3 @tag3 is meant
 * @room: for the output
 * @context: words that go from the result of a stream's descriptor to its next
 *	one; bits 0-3 of the first are SWHISI_ZIP_NO_SPACE when output is left
 * @source: of the input
 * @destination: of the output
 * @stream: names a stream among those of a queue, not accessed
 * @total: bytes of plain data so far, in a stream
 * @checksum: of the plain data so far, in a stream: of zlib the Adler-32; of
 *	gzip the bits of the inverted CRC-32 in reverse order
 */
struct swhisi_zip {
	__u32 consumed;
	__u32 produced;
	__u32 reserved;
	__u32 status;
	__u32 length;
	__u32 reserved2[2];
	__u32 control;
	__u32 output_skip;
	__u32 algorithm;
	__u32 reserved3[3];
	__u32 tag;
	__u32 room;
	__u32 context0;
	__u32 reserved4[2];
	__u64 source;
	__u64 destination;
	__u64 stream;
	__u64 reserved5;
	__u32 tag3;
	__u32 reserved6;
	__u32 context[2];
	__u32 total;
	__u32 checksum;
};

#define SWHISI_ZIP_SKIP		0xffffff
#define SWHISI_ZIP_FINISH	0x2000000
#define SWHISI_ZIP_STREAM	0x4000000
#define SWHISI_ZIP_NEW		0x8000000
/* Bits 28-31 of @control: 3 with version 3, 0 with version 2. */
#define SWHISI_ZIP_TYPE_SHIFT	28

#define SWHISI_ZIP_DEFLATE	1
#define SWHISI_ZIP_ZLIB		2
#define SWHISI_ZIP_GZIP		3
#define SWHISI_ZIP_SGL		0x100

#define SWHISI_ZIP_NO_SPACE	1

/* Bits 0-7 of @status. That a stream ended is no error. */
#define SWHISI_ZIP_OK			0x00
#define SWHISI_ZIP_BAD_DATA		0x02
#define SWHISI_ZIP_BAD_DESCRIPTOR	0x03
#define SWHISI_ZIP_BAD_ADDRESS		0x04
#define SWHISI_ZIP_FAILURE		0x05
#define SWHISI_ZIP_NO_ROOM		0x0e
#define SWHISI_ZIP_BAD_CHECKSUM		0x10
#define SWHISI_ZIP_STREAM_END		0x13
#define SWHISI_ZIP_LAST_BLOCK		0x100

/**
 * struct swhisi_sec - a descriptor of hisi_sec2, type 3
 * @param: bits 0-3 type; 4 invalid, done as it is; 5-8 scene; 11-13 the source
 *	and 14-16 the destination is a struct swhisi_sgl
 * @cipher: bits 0-1 SWHISI_SEC_ENCRYPT; 4-9 bytes of an AEAD's tag; 13-15 key
 *	length, of AES 0 to 2: 128, 192, 256 bits; of 3DES SWHISI_SEC_3_KEYS or
 *	SWHISI_SEC_2_KEYS
 * @mode: bits 0-3 mode, 4-7 algorithm
 * @order: not looked at
 * @tag: not looked at
 * @source: of the input
 * @mac_key: of an HMAC; of GCM in parts, the only key
 * @mac_start: a state of a digest or a GMAC to go on from; of CCM the first
 *	block of what is authenticated
 * @reserved: not looked at
 * @key: of a cipher
 * @mac: bits 0-1 SWHISI_SEC_AUTHENTICATE; 2-3: 1 goes on from @mac_start; 4-8
 *	words of the result, 0 for all; 9-14 words of the key; 15-20 algorithm
 * @salt: not looked at
 * @mac_offset: 0 for a cipher with an HMAC; else not looked at
 * @cipher_offset: bytes before the part that is a cipher's, of a cipher with
 *	an HMAC
 * @mac_length: bytes to digest; of CCM and GCM bytes before the part that is a
 *	cipher's; less than 16 MiB, bits 24-31 are 0
 * @cipher_length: bytes to encrypt or decrypt; less than 16 MiB, too
 * @destination: of a cipher's output
 * @result: of a digest or an AEAD's tag
 * @start: initial vector of a cipher; of CCM its first counter
 * @total: bits of a whole message, at its end
 * @padding: bits 0-1: 1 leaves the message open
 * @reserved2: not looked at
 * @done: result, bit 0; bits 1-3 SWHISI_SEC_BAD_TAG
 * @error: result, SWHISI_SEC_*
 * @warning: 0
 * @reserved3: not looked at
 */
struct swhisi_sec {
	__u32 param;
	__u16 cipher;
	__u8 mode;
	__u8 order;
	__u64 tag;
	__u64 source;
	__u64 mac_key;
	__u64 mac_start;
	__u64 reserved;
	__u64 key;
	__u32 mac;
	__u32 salt;
	__u16 mac_offset;
	__u16 cipher_offset;
	__u32 mac_length;
	__u32 cipher_length;
	__u64 destination;
	__u64 result;
	__u64 start;
	__u64 total;
	__u8 padding;
	__u8 reserved2[3];
	__u16 done;
	__u8 error;
	__u8 warning;
	__u32 reserved3[3];
} __attribute__((packed, aligned(4)));

#define SWHISI_SEC_TYPE		3
#define SWHISI_SEC_INVALID	0x10
#define SWHISI_SEC_STREAM	7
#define SWHISI_SEC_SOURCE_SGL	0x800
#define SWHISI_SEC_TARGET_SGL	0x4000

#define SWHISI_SEC_ENCRYPT	1
#define SWHISI_SEC_DECRYPT	2
#define SWHISI_SEC_AUTHENTICATE	1
#define SWHISI_SEC_VERIFY	2

#define SWHISI_SEC_3DES		1
#define SWHISI_SEC_AES		2

#define SWHISI_SEC_3_KEYS	1
#define SWHISI_SEC_2_KEYS	3

#define SWHISI_SEC_ECB		0
#define SWHISI_SEC_CBC		1
#define SWHISI_SEC_CTR		4
#define SWHISI_SEC_CCM		5
#define SWHISI_SEC_GCM		6
#define SWHISI_SEC_XTS		7

#define SWHISI_SEC_SHA1		0x00
#define SWHISI_SEC_SHA256	0x01
#define SWHISI_SEC_MD5		0x02
#define SWHISI_SEC_SHA224	0x03
#define SWHISI_SEC_SHA384	0x04
#define SWHISI_SEC_SHA512	0x05
#define SWHISI_SEC_HMAC		0x10
#define SWHISI_SEC_GMAC		0x22

#define SWHISI_SEC_DONE		1
#define SWHISI_SEC_BAD_TAG	(2U << 1)

/* @error */
#define SWHISI_SEC_OK			0
#define SWHISI_SEC_BAD_DESCRIPTOR	1
#define SWHISI_SEC_BAD_ADDRESS		2
#define SWHISI_SEC_UNSUPPORTED		3
#define SWHISI_SEC_FAILURE		4

#endif
