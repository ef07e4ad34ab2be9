// SPDX-License-Identifier: GPL-2.0
/*
 * arm64: STR and LDR with an unsigned offset or a register offset, STUR and
 * LDUR, STLR and LDAR, of 4 or 8 bytes. Those that change the base register
 * are refused. The address is known from the fault.
 */
#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#else
#include <errno.h>
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#endif

#include "decode.h"

struct pattern {
	u32 mask;
	u32 code;
	bool store;
};

/* Of 8 bytes; bit 30 is clear in those of 4. */
#define WIDE	0x40000000U

static const struct pattern patterns[] = {
	{ 0xffc00000, 0xf9000000, true },	/* STR, unsigned offset */
	{ 0xffc00000, 0xf9400000, false },	/* LDR */
	{ 0xffe00c00, 0xf8000000, true },	/* STUR */
	{ 0xffe00c00, 0xf8400000, false },	/* LDUR */
	{ 0xffe00c00, 0xf8200800, true },	/* STR, register offset */
	{ 0xffe00c00, 0xf8600800, false },	/* LDR */
	{ 0xfffffc00, 0xc89ffc00, true },	/* STLR */
	{ 0xfffffc00, 0xc8dffc00, false },	/* LDAR */
};

int swaccel_decode_arm64(u32 code, struct swaccel_instruction *instruction)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		if (((code | WIDE) & patterns[i].mask) != patterns[i].code)
			continue;
		instruction->store = patterns[i].store;
		instruction->size = code & WIDE ? 8 : 4;
		instruction->target = code & 0x1f;
		instruction->immediate = 0;
		instruction->length = 4;
		return 0;
	}
	return -EINVAL;
}
