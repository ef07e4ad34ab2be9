/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What the software FPGA takes as an image: one write of at most one page to
 * the attribute "image" of a region.
 */
#ifndef _UAPI_SWFPGA_H
#define _UAPI_SWFPGA_H

#include <linux/types.h>

#define SWFPGA_MAGIC		"SWFPGA1"
#define SWFPGA_MAX_IMAGE	4096

/**
 * struct swfpga_header - first bytes of an image; little endian
 * @magic: SWFPGA_MAGIC with its zero
 * @id_high: first half of what compat_id reads afterwards
 * @id_low: second half
 * @kind: of the function that the image makes, "sw_zip", padded with zeros;
 *	empty for contents that no program can reach
 * @length: bytes of the payload, which follows; nothing may follow it
 * @crc: CRC-32 of the payload, as zlib has it
 */
struct swfpga_header {
	__u8 magic[8];
	__le64 id_high;
	__le64 id_low;
	__u8 kind[16];
	__le32 length;
	__le32 crc;
};

#endif
