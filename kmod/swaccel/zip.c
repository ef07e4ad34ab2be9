// SPDX-License-Identifier: GPL-2.0
/* sw_zip: deflate, bare or in the wrapping of zlib or gzip. */
#include <linux/crc32.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/zutil.h>

#include <uapi/misc/uacce/swaccel.h>

#include "device.h"
#include "queue.h"
#include "zip.h"

struct workspace {
	size_t size;
	u8 memory[] __aligned(16);
};

u32 swaccel_zip_checksum_start(u8 wrapper)
{
	return wrapper == SWACCEL_ZLIB ? 1 : 0;
}

u32 swaccel_zip_checksum(u8 wrapper, u32 sum, const void *data, u32 length)
{
	if (wrapper == SWACCEL_ZLIB)
		return zlib_adler32(sum, data, length);
	if (wrapper == SWACCEL_GZIP)
		return ~crc32_le(~sum, data, length);
	return 0;
}

void *swaccel_zip_workspace(struct swaccel_queue *queue, size_t size)
{
	struct workspace *workspace = queue->engine_state;

	if (workspace && workspace->size >= size)
		return workspace->memory;
	kvfree(workspace);
	workspace = kvmalloc_node(struct_size(workspace, memory, size),
				  GFP_KERNEL_ACCOUNT,
				  queue->device->config.node);
	queue->engine_state = workspace;
	if (!workspace)
		return NULL;
	workspace->size = size;
	return workspace->memory;
}

void swaccel_zip_free_workspace(struct swaccel_queue *queue)
{
	kvfree(queue->engine_state);
}

#define COMPRESS(name, kind)						\
	{								\
		.code		= SWACCEL_##name##_COMPRESS,		\
		.uses		= SWACCEL_USES_DESTINATION |		\
				  SWACCEL_USES_LEVEL,			\
		.variant	= (kind),				\
		.run		= swaccel_deflate,			\
	}

#define DECOMPRESS(name, kind)						\
	{								\
		.code		= SWACCEL_##name##_DECOMPRESS,		\
		.uses		= SWACCEL_USES_DESTINATION,		\
		.variant	= (kind),				\
		.run		= swaccel_inflate,			\
	}

static const struct swaccel_operation operations[] = {
	COMPRESS(ZLIB, SWACCEL_ZLIB),
	DECOMPRESS(ZLIB, SWACCEL_ZLIB),
	COMPRESS(DEFLATE, SWACCEL_RAW),
	DECOMPRESS(DEFLATE, SWACCEL_RAW),
	COMPRESS(GZIP, SWACCEL_GZIP),
	DECOMPRESS(GZIP, SWACCEL_GZIP),
};

const struct swaccel_engine swaccel_zip_engine = {
	.name			= "sw_zip",
	.algorithms		= "zlib\ndeflate\ngzip",
	.operations		= operations,
	.operation_count	= ARRAY_SIZE(operations),
	SWACCEL_OWN_QUEUES,
	.release		= swaccel_zip_free_workspace,
};
