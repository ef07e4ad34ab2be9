/* SPDX-License-Identifier: GPL-2.0 */
/* Decoding of the instruction that touched the doorbell; one file an ISA. */
#ifndef _SWACCEL_DECODE_H
#define _SWACCEL_DECODE_H

#include <linux/types.h>

struct pt_regs;

/**
 * struct swaccel_access - a load or store between a register and memory
 * @store: else a load
 * @size: 4 or 8 bytes
 * @value: what is stored
 * @target: number of the register that is loaded
 * @length: of the instruction in bytes
 */
struct swaccel_access {
	bool store;
	u32 size;
	u64 value;
	unsigned int target;
	unsigned int length;
};

/*
 * Return: 0; -EAGAIN when the code cannot be read at the moment; -EINVAL for
 * any instruction but a plain move of 4 or 8 bytes.
 */
int swaccel_decode(struct pt_regs *regs, struct swaccel_access *access);
void swaccel_finish_load(struct pt_regs *regs,
			 const struct swaccel_access *access, u64 value);
void swaccel_skip(struct pt_regs *regs, const struct swaccel_access *access);

#endif
