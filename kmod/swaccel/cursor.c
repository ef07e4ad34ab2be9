// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>

#include <uapi/misc/uacce/swhisi.h>

#include "cursor.h"
#include "stream.h"

static int open_table(struct swaccel_cursor *cursor, u64 address)
{
	struct swhisi_sgl table;
	int ret;

	if (++cursor->tables > SWHISI_MAX_TABLES)
		return -EINVAL;
	ret = swaccel_read(cursor->queue, &table, address, sizeof(table));
	if (ret)
		return ret;
	if (table.entries > SWHISI_MAX_ENTRIES)
		return -EINVAL;
	cursor->next = table.next;
	cursor->entries = table.entries;
	cursor->entry = address + sizeof(table);
	return 0;
}

static int open_entry(struct swaccel_cursor *cursor)
{
	struct swhisi_sge entry;
	int ret;

	ret = swaccel_read(cursor->queue, &entry, cursor->entry, sizeof(entry));
	if (ret)
		return ret;
	cursor->entry += sizeof(entry);
	cursor->entries--;
	cursor->address = entry.address;
	cursor->left = entry.length;
	return 0;
}

/* Moves to a buffer that has a byte; bounded by the number of tables. */
static int find_buffer(struct swaccel_cursor *cursor)
{
	int ret = 0;

	while (!cursor->left && !ret) {
		if (cursor->entries)
			ret = open_entry(cursor);
		else if (cursor->next)
			ret = open_table(cursor, cursor->next);
		else
			ret = -ENODATA;
	}
	return ret;
}

static void move(struct swaccel_cursor *cursor, u32 length)
{
	cursor->address += length;
	cursor->left -= length;
}

static int skip(struct swaccel_cursor *cursor, u32 length)
{
	u32 step;
	int ret;

	for (; length; length -= step) {
		ret = find_buffer(cursor);
		if (ret)
			return ret;
		step = min_t(u64, length, cursor->left);
		move(cursor, step);
	}
	return 0;
}

int swaccel_cursor_init(struct swaccel_cursor *cursor,
			struct swaccel_queue *queue,
			const struct swaccel_area *area)
{
	*cursor = (struct swaccel_cursor) { .queue = queue };
	if (area->list) {
		cursor->next = area->address;
	} else {
		cursor->address = area->address;
		/* The descriptor's lengths are the bound. */
		cursor->left = U64_MAX;
	}
	return skip(cursor, area->skip);
}

int swaccel_cursor_read(struct swaccel_cursor *cursor, void *to, u32 length)
{
	u32 step;
	int ret;

	for (; length; length -= step, to += step) {
		ret = find_buffer(cursor);
		if (ret)
			return ret;
		step = min3((u64)length, cursor->left, (u64)SWACCEL_CHUNK);
		ret = swaccel_read(cursor->queue, to, cursor->address, step);
		if (ret)
			return ret;
		move(cursor, step);
	}
	return 0;
}

int swaccel_cursor_write(struct swaccel_cursor *cursor, const void *from,
			 u32 length)
{
	u32 step;
	int ret;

	for (; length; length -= step, from += step) {
		ret = find_buffer(cursor);
		if (ret)
			return ret;
		step = min3((u64)length, cursor->left, (u64)SWACCEL_CHUNK);
		ret = swaccel_write(cursor->queue, cursor->address, from, step);
		if (ret)
			return ret;
		move(cursor, step);
	}
	return 0;
}
