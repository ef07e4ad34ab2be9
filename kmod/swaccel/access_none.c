// SPDX-License-Identifier: GPL-2.0
/* Other architectures: no store is decoded, and so the module does not load. */
#include <linux/errno.h>

#include "decode.h"

const bool swaccel_can_decode;

int swaccel_decode(struct pt_regs *regs, struct swaccel_access *access)
{
	return -EINVAL;
}

bool swaccel_fault_in_code(struct pt_regs *regs)
{
	return false;
}

void swaccel_finish_load(struct pt_regs *regs,
			 const struct swaccel_access *access, u64 value)
{
}

void swaccel_skip(struct pt_regs *regs, const struct swaccel_access *access)
{
}
