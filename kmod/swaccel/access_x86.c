// SPDX-License-Identifier: GPL-2.0
/* x86-64: reads the code of an access, finishes it, and skips it. */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/ptrace.h>
#include <linux/uaccess.h>

#include "decode.h"

const bool swaccel_can_decode = true;

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

/* Return: bytes read, up to the end of the page if the next is not there. */
static unsigned int read_code(struct pt_regs *regs, u8 *code)
{
	unsigned long rest = PAGE_SIZE - offset_in_page(regs->ip);
	const void __user *from = (const void __user *)regs->ip;

	if (!copy_from_user_nofault(code, from, SWACCEL_MAX_X86))
		return SWACCEL_MAX_X86;
	if (rest < SWACCEL_MAX_X86 &&
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
	struct swaccel_instruction *instruction = &access->instruction;
	u8 code[SWACCEL_MAX_X86];
	unsigned int available;
	int ret;

	/* Another code segment means another instruction set. */
	if (regs->cs != __USER_CS)
		return -EINVAL;
	available = read_code(regs, code);
	if (!available)
		return -EAGAIN;
	ret = swaccel_decode_x86(code, available, instruction);
	if (ret)
		return ret;
	access->value = instruction->immediate;
	if (instruction->target != SWACCEL_NO_REGISTER)
		access->value = truncated(*register_of(regs,
						       instruction->target),
					  instruction->size);
	return 0;
}

bool swaccel_fault_in_code(struct pt_regs *regs)
{
	return !fault_in_readable((const char __user *)regs->ip,
				  SWACCEL_MAX_X86);
}

void swaccel_finish_load(struct pt_regs *regs,
			 const struct swaccel_access *access, u64 value)
{
	const struct swaccel_instruction *instruction = &access->instruction;

	/* A 32-bit load clears the upper half, as the hardware does. */
	*register_of(regs, instruction->target) =
		truncated(value, instruction->size);
}

void swaccel_skip(struct pt_regs *regs, const struct swaccel_access *access)
{
	regs->ip += access->instruction.length;
}
