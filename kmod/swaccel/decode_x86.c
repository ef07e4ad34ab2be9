// SPDX-License-Identifier: GPL-2.0
/*
 * x86-64: MOV r/m, r (89), MOV r/m, imm32 (C7 /0), MOV r, r/m (8B), of 4 or 8
 * bytes, without prefixes but REX. The address is known from the fault, so
 * ModRM and SIB matter for the length only.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>

#include "decode.h"

#define MAX_INSTRUCTION	15

#define REX_MASK	0xf0
#define REX		0x40
#define REX_W		BIT(3)
#define REX_R		BIT(2)

#define MOV_STORE	0x89
#define MOV_STORE_IMM	0xc7
#define MOV_LOAD	0x8b

static unsigned long *register_of(struct pt_regs *regs, unsigned int number)
{
	unsigned long *const table[] = {
		&regs->ax, &regs->cx, &regs->dx, &regs->bx,
		&regs->sp, &regs->bp, &regs->si, &regs->di,
		&regs->r8, &regs->r9, &regs->r10, &regs->r11,
		&regs->r12, &regs->r13, &regs->r14, &regs->r15,
	};

	return table[number & 0xf];
}

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

/* Return: bytes read, up to the end of the page if the next is not there. */
static unsigned int read_code(struct pt_regs *regs, u8 *code)
{
	unsigned long rest = PAGE_SIZE - offset_in_page(regs->ip);
	const void __user *from = (const void __user *)regs->ip;

	if (!copy_from_user_nofault(code, from, MAX_INSTRUCTION))
		return MAX_INSTRUCTION;
	if (rest < MAX_INSTRUCTION &&
	    !copy_from_user_nofault(code, from, rest))
		return rest;
	return 0;
}

static u64 truncated(u64 value, u32 size)
{
	return size == 8 ? value : (u32)value;
}

int swaccel_decode(struct pt_regs *regs, struct swaccel_access *access)
{
	u8 code[MAX_INSTRUCTION + 1] = { };
	unsigned int at = 0, available, operand, number;
	u8 rex = 0, opcode;

	/* Another code segment means another instruction set. */
	if (regs->cs != __USER_CS)
		return -EINVAL;
	available = read_code(regs, code);
	if (!available)
		return -EAGAIN;
	if ((code[at] & REX_MASK) == REX)
		rex = code[at++];
	opcode = code[at++];
	operand = operand_length(code[at], code[at + 1]);
	if (!operand)
		return -EINVAL;
	number = (code[at] >> 3 & 7) + (rex & REX_R ? 8 : 0);
	at += operand;

	access->size = rex & REX_W ? 8 : 4;
	access->target = number;
	access->store = opcode != MOV_LOAD;
	access->value = 0;
	if (opcode == MOV_STORE) {
		access->value = truncated(*register_of(regs, number),
					  access->size);
	} else if (opcode == MOV_STORE_IMM && !(number & 7)) {
		access->value = truncated((s32)get_unaligned_le32(code + at),
					  access->size);
		at += 4;
	} else if (opcode != MOV_LOAD) {
		return -EINVAL;
	}
	access->length = at;
	return at <= available ? 0 : -EAGAIN;
}

void swaccel_finish_load(struct pt_regs *regs,
			 const struct swaccel_access *access, u64 value)
{
	/* A 32-bit load clears the upper half, as the hardware does. */
	*register_of(regs, access->target) = truncated(value, access->size);
}

void swaccel_skip(struct pt_regs *regs, const struct swaccel_access *access)
{
	regs->ip += access->length;
}
