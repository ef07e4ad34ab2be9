/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Decoding of the instruction that touched the doorbell. The decoders are pure
 * functions of the code, both compiled everywhere but in the module, so that
 * a program can try them; access_x86.c and access_arm64.c do the rest, and
 * access_none.c stands for other architectures.
 */
#ifndef _SWACCEL_DECODE_H
#define _SWACCEL_DECODE_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <linux/types.h>
#include <stdbool.h>
typedef __u8 u8;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
#endif

struct pt_regs;

/* No register, but @immediate. */
#define SWACCEL_NO_REGISTER	255

/**
 * struct swaccel_instruction - a load or store between a register and memory
 * @store: else a load
 * @size: 4 or 8 bytes
 * @target: number of the register, or SWACCEL_NO_REGISTER
 * @immediate: what is stored, without a register
 * @length: of the instruction in bytes
 */
struct swaccel_instruction {
	bool store;
	u32 size;
	unsigned int target;
	u64 immediate;
	unsigned int length;
};

/*
 * @available bytes of @code can be read, of longer instructions the rest is
 * on a page that is not there.
 *
 * Return: 0; -EAGAIN when more code is needed; -EINVAL for any instruction but
 * a plain move of 4 or 8 bytes.
 */
int swaccel_decode_x86(const u8 *code, unsigned int available,
		       struct swaccel_instruction *instruction);
int swaccel_decode_arm64(u32 code, struct swaccel_instruction *instruction);

/* Bytes of the longest instruction of x86. */
#define SWACCEL_MAX_X86		15

/**
 * struct swaccel_access - an instruction, and what it stores
 * @instruction: as decoded
 * @value: what is stored
 */
struct swaccel_access {
	struct swaccel_instruction instruction;
	u64 value;
};

/* Whether there is a decoder for this architecture. */
extern const bool swaccel_can_decode;

/*
 * The instruction that faulted. Return: 0; -EAGAIN when the code cannot be
 * read at the moment; -EINVAL.
 */
int swaccel_decode(struct pt_regs *regs, struct swaccel_access *access);
/* May sleep. Return: whether all of the longest instruction can be read. */
bool swaccel_fault_in_code(struct pt_regs *regs);
void swaccel_finish_load(struct pt_regs *regs,
			 const struct swaccel_access *access, u64 value);
void swaccel_skip(struct pt_regs *regs, const struct swaccel_access *access);

#endif
