// SPDX-License-Identifier: GPL-2.0
/* arm64: reads the code of an access, finishes it, and skips it. */
#include <linux/errno.h>
#include <linux/pagemap.h>
#include <linux/ptrace.h>
#include <linux/uaccess.h>

#include "decode.h"

const bool swaccel_can_decode = true;

static u64 truncated(u64 value, u32 size)
{
	return size == 8 ? value : (u32)value;
}

int swaccel_decode(struct pt_regs *regs, struct swaccel_access *access)
{
	struct swaccel_instruction *instruction = &access->instruction;
	__le32 code;
	int ret;

	if (compat_user_mode(regs))
		return -EINVAL;
	if (copy_from_user_nofault(&code, (const void __user *)regs->pc,
				   sizeof(code)))
		return -EAGAIN;
	ret = swaccel_decode_arm64(le32_to_cpu(code), instruction);
	if (ret)
		return ret;
	access->value = truncated(pt_regs_read_reg(regs, instruction->target),
				  instruction->size);
	return 0;
}

bool swaccel_fault_in_code(struct pt_regs *regs)
{
	return !fault_in_readable((const char __user *)regs->pc,
				  sizeof(__le32));
}

void swaccel_finish_load(struct pt_regs *regs,
			 const struct swaccel_access *access, u64 value)
{
	const struct swaccel_instruction *instruction = &access->instruction;

	pt_regs_write_reg(regs, instruction->target,
			  truncated(value, instruction->size));
}

void swaccel_skip(struct pt_regs *regs, const struct swaccel_access *access)
{
	regs->pc += access->instruction.length;
}
