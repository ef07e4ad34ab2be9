// SPDX-License-Identifier: GPL-2.0
/* The table of engines. A new kind of device is a line here. */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../include/swaccel.h"
#include "engine.h"
#include "queue.h"

const struct swaccel_engine *const swaccel_engines[] = {
	&swaccel_dma_engine,
	&swaccel_sec_engine,
	&swaccel_zip_engine,
	&swaccel_hisi_zip_engine,
	&swaccel_hisi_sec_engine,
};

const struct swaccel_format *const swaccel_own_formats[] = {
	&swaccel_format_v1,
	NULL,
};

const unsigned int swaccel_engine_count = ARRAY_SIZE(swaccel_engines);

int swaccel_find_engine(const char *name)
{
	unsigned int i;

	for (i = 0; i < swaccel_engine_count; i++)
		if (!strcmp(swaccel_engines[i]->name, name))
			return i;
	return -EINVAL;
}

bool swaccel_knows(const char *kind)
{
	return swaccel_find_engine(kind) >= 0;
}
EXPORT_SYMBOL_GPL(swaccel_knows);

const struct swaccel_operation *
swaccel_find_operation(const struct swaccel_engine *engine, u8 code)
{
	unsigned int i;

	for (i = 0; i < engine->operation_count; i++)
		if (engine->operations[i].code == code)
			return &engine->operations[i];
	return NULL;
}
