/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A position in the opener's memory that only moves forwards: in one buffer,
 * or in a list of buffers that itself lies in the opener's memory.
 */
#ifndef _SWACCEL_CURSOR_H
#define _SWACCEL_CURSOR_H

#include <linux/types.h>

struct swaccel_queue;

/**
 * struct swaccel_area - memory as a descriptor names it
 * @address: of the buffer, or of the first table
 * @list: @address is that of a struct swhisi_sgl
 * @skip: bytes to leave out at the beginning
 */
struct swaccel_area {
	u64 address;
	bool list;
	u32 skip;
};

/**
 * struct swaccel_cursor - a position in an area
 * @queue: whose memory it is
 * @address: of the next byte
 * @left: bytes from there on in this buffer
 * @entry: address of the next entry of the table
 * @entries: that are left in the table
 * @next: address of the next table
 * @tables: that were opened; a ring of empty ones would never end
 */
struct swaccel_cursor {
	struct swaccel_queue *queue;
	u64 address;
	u64 left;
	u64 entry;
	u32 entries;
	u64 next;
	u32 tables;
};

/*
 * Return: 0, or a negative errno: -EINVAL for a table with too many entries,
 * -ENODATA when the list is shorter than what is skipped.
 */
int swaccel_cursor_init(struct swaccel_cursor *cursor,
			struct swaccel_queue *queue,
			const struct swaccel_area *area);

/*
 * Copies @length bytes, and moves behind them. Return: 0, or a negative errno;
 * -ENODATA at the end of a list.
 */
int swaccel_cursor_read(struct swaccel_cursor *cursor, void *to, u32 length);
int swaccel_cursor_write(struct swaccel_cursor *cursor, const void *from,
			 u32 length);

#endif
