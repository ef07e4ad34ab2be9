/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Queue format "swaccel_v1" of the software accelerator, as user space
 * programs it.
 *
 * 1. open() the uacce device: one queue, bound to the opener's address space.
 * 2. ioctl(SWACCEL_CMD_QUEUE_INFO): sizes and offsets of what follows.
 * 3. mmap() the memory region (offset one page, MAP_SHARED) and the doorbell
 *    region (offset 0, MAP_SHARED).
 * 4. ioctl(UACCE_CMD_START_Q).
 * 5. Write a descriptor to the next slot of the submission ring, then store
 *    the doorbell value with one aligned 64-bit store from a general register
 *    (a volatile assignment). At most depth - 1 descriptors are outstanding.
 * 6. A completion is there when the phase bit of the next slot of the
 *    completion ring has the expected value: 1 in the first round, 0 in the
 *    second, and so on. poll() reports EPOLLIN while completions lie beyond
 *    the head that the doorbell last told. It does not report the removal of
 *    the device: wait with a time-out. Touching a mapping after removal
 *    raises SIGBUS.
 */
#ifndef _UAPI_SWACCEL_H
#define _UAPI_SWACCEL_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define SWACCEL_API_VER1	"swaccel_v1"

/* Longest source, and most room for output, of one descriptor, in bytes. */
#define SWACCEL_MAX_LENGTH	0x40000000
/* Longest key of an HMAC, in bytes. */
#define SWACCEL_MAX_KEY		4096

/**
 * struct swaccel_queue_info - where the parts of a queue lie
 * @depth: slots of either ring, a power of two
 * @descriptor_size: bytes of a slot of the submission ring
 * @completion_size: bytes of a slot of the completion ring
 * @submission_offset: of the submission ring in the memory region
 * @completion_offset: of the completion ring in the memory region
 * @state_offset: of struct swaccel_queue_state in the memory region
 * @doorbell_offset: of the doorbell register in the doorbell region
 * @reserved: zero
 */
struct swaccel_queue_info {
	__u32 depth;
	__u32 descriptor_size;
	__u32 completion_size;
	__u32 submission_offset;
	__u32 completion_offset;
	__u32 state_offset;
	__u32 doorbell_offset;
	__u32 reserved;
};

#define SWACCEL_CMD_QUEUE_INFO	_IOR('W', 0x20, struct swaccel_queue_info)

/**
 * struct swaccel_queue_state - last bytes of the memory region
 * @error: enum swaccel_queue_error, why the queue is disabled
 * @disabled: 1 when the queue executes nothing any more
 */
struct swaccel_queue_state {
	__u32 error;
	__u32 disabled;
};

enum swaccel_queue_error {
	SWACCEL_QUEUE_GOOD		= 0,
	/* The doorbell was told an index that is not below the depth. */
	SWACCEL_QUEUE_BAD_DOORBELL	= 1,
	/* Disabled through the device's fault injection. */
	SWACCEL_QUEUE_INJECTED		= 2,
	/* The device was removed. */
	SWACCEL_QUEUE_REMOVED		= 3,
};

/*
 * Doorbell: the index after the last valid descriptor, and the index of the
 * completion that user space looks at next. Both are below the depth.
 */
#define SWACCEL_DOORBELL(submission_tail, completion_head) \
	((__u64)(submission_tail) | (__u64)(completion_head) << 16)

enum swaccel_operation_code {
	/* sw_dma */
	SWACCEL_MEMMOVE			= 1,
	SWACCEL_CRC32C			= 2,	/* no destination */
	/* sw_sec: the digest goes to the destination */
	SWACCEL_SHA256			= 16,
	SWACCEL_SHA512			= 17,
	SWACCEL_HMAC_SHA256		= 18,
	SWACCEL_HMAC_SHA512		= 19,
	/* sw_zip */
	SWACCEL_ZLIB_COMPRESS		= 32,
	SWACCEL_ZLIB_DECOMPRESS		= 33,
	SWACCEL_DEFLATE_COMPRESS	= 34,
	SWACCEL_DEFLATE_DECOMPRESS	= 35,
	SWACCEL_GZIP_COMPRESS		= 36,
	SWACCEL_GZIP_DECOMPRESS		= 37,
};

/**
 * struct swaccel_descriptor - one piece of work
 * @operation: enum swaccel_operation_code
 * @level: of compression, 1 to 9; 0 is the default, 6; else 0
 * @flags: 0
 * @seed: CRC to go on from, for a CRC; else 0
 * @cookie: comes back in the completion, not looked at
 * @source: address of the input in the opener's address space
 * @destination: address of the output; must not overlap the input, except
 *	for SWACCEL_MEMMOVE
 * @key: address of the key of an HMAC; else 0
 * @source_length: bytes, at most SWACCEL_MAX_LENGTH
 * @destination_length: room in bytes, at most SWACCEL_MAX_LENGTH
 * @key_length: bytes, at most SWACCEL_MAX_KEY
 * @reserved: 0
 */
struct swaccel_descriptor {
	__u8 operation;
	__u8 level;
	__u16 flags;
	__u32 seed;
	__u64 cookie;
	__u64 source;
	__u64 destination;
	__u64 key;
	__u32 source_length;
	__u32 destination_length;
	__u32 key_length;
	__u32 reserved[3];
};

enum swaccel_status {
	SWACCEL_OK			= 0,
	/* Unknown operation, a field that is not used is not zero, a length. */
	SWACCEL_BAD_DESCRIPTOR		= 1,
	/* An address cannot be read, or cannot be written. */
	SWACCEL_BAD_ADDRESS		= 2,
	/* The opener's address space is gone. */
	SWACCEL_NO_ADDRESS_SPACE	= 3,
	/* The input is not what the operation decompresses. */
	SWACCEL_BAD_DATA		= 4,
	/* The checksum in the input differs from that of the output. */
	SWACCEL_BAD_CHECKSUM		= 5,
	/* The destination is too small. */
	SWACCEL_NO_ROOM			= 6,
	SWACCEL_NO_MEMORY		= 7,
	/* Injected, as failing hardware would report it. */
	SWACCEL_DEVICE_ERROR		= 8,
	/* The queue was closed, or the device removed, meanwhile. */
	SWACCEL_CANCELLED		= 9,
};

/* Bit 0 of struct swaccel_completion's phase. */
#define SWACCEL_PHASE		1

/**
 * struct swaccel_completion - the end of one descriptor
 * @cookie: of the descriptor
 * @status: enum swaccel_status
 * @checksum: CRC-32C of SWACCEL_CRC32C; Adler-32 or CRC-32 of the plain data
 *	of zlib and gzip; else 0
 * @consumed: bytes of the source that were used
 * @produced: valid bytes at the destination
 * @submission_head: slot of the descriptor
 * @reserved: 0
 * @phase: written last
 */
struct swaccel_completion {
	__u64 cookie;
	__u32 status;
	__u32 checksum;
	__u32 consumed;
	__u32 produced;
	__u16 submission_head;
	__u16 reserved[2];
	__u16 phase;
};

#endif
