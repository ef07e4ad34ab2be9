// SPDX-License-Identifier: GPL-2.0
/*
 * x86-64: MOV r/m, r (89), MOV r/m, imm32 (C7 /0), MOV r, r/m (8B), of 4 or 8
 * bytes, without prefixes but REX. The address is known from the fault, so
 * ModRM and SIB matter for the length only.
 */
#ifdef __KERNEL__
#include <linux/errno.h>
#else
#include <errno.h>
#endif

#include "decode.h"

#define REX_MASK	0xf0
#define REX		0x40
#define REX_W		0x08
#define REX_R		0x04

#define MOV_STORE	0x89
#define MOV_STORE_IMM	0xc7
#define MOV_LOAD	0x8b

/* Return: bytes of ModRM, SIB and displacement; 0 if not a memory operand. */
static unsigned int operand_length(u8 modrm, u8 sib)
{
	unsigned int mode = modrm >> 6;
	bool has_sib = (modrm & 7) == 4;
	unsigned int length = 1 + has_sib;

	if (mode == 3)
		return 0;
	if (mode == 1)
		return length + 1;
	if (mode == 2)
		return length + 4;
	/* Relative to RIP, or a SIB without base: a displacement of 32 bits. */
	if ((modrm & 7) == 5 || (has_sib && (sib & 7) == 5))
		return length + 4;
	return length;
}

static u64 immediate(const u8 *code, u32 size)
{
	u32 value = code[0] | code[1] << 8 | code[2] << 16 |
		    (u32)code[3] << 24;

	return size == 8 ? (u64)(s32)value : value;
}

static bool is_move(u8 opcode, u8 modrm)
{
	if (opcode == MOV_STORE_IMM)
		return !(modrm >> 3 & 7);
	return opcode == MOV_STORE || opcode == MOV_LOAD;
}

int swaccel_decode_x86(const u8 *code, unsigned int available,
		       struct swaccel_instruction *instruction)
{
	/* What is not available reads as 0, which never is a move. */
	u8 copy[SWACCEL_MAX_X86 + 1] = { };
	unsigned int at = 0, operand;
	u8 rex = 0, opcode, modrm;

	for (; at < available && at < SWACCEL_MAX_X86; at++)
		copy[at] = code[at];
	at = 0;
	if ((copy[at] & REX_MASK) == REX)
		rex = copy[at++];
	opcode = copy[at++];
	if (at >= available)
		return -EAGAIN;
	modrm = copy[at];
	operand = operand_length(modrm, copy[at + 1]);
	if (!operand || !is_move(opcode, modrm))
		return -EINVAL;
	at += operand;

	instruction->size = rex & REX_W ? 8 : 4;
	instruction->store = opcode != MOV_LOAD;
	instruction->immediate = 0;
	instruction->target = (modrm >> 3 & 7) + (rex & REX_R ? 8 : 0);
	if (opcode == MOV_STORE_IMM) {
		instruction->target = SWACCEL_NO_REGISTER;
		instruction->immediate = immediate(copy + at,
						   instruction->size);
		at += 4;
	}
	instruction->length = at;
	return at <= available ? 0 : -EAGAIN;
}
