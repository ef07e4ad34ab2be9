/* SPDX-License-Identifier: GPL-2.0 */
/* Functions of the software accelerator that another driver adds. */
#ifndef _SWACCEL_H
#define _SWACCEL_H

#include <linux/types.h>

struct device;
struct platform_device;

/* Whether @kind ("sw_zip") names a kind of function. */
bool swaccel_knows(const char *kind);

/**
 * swaccel_add_function() - add a function below a device
 * @parent: its NUMA node, which must be known, is the function's
 * @kind: "sw_dma", "sw_sec", "sw_zip"
 * @id: free among the functions of that kind; the name is KIND.ID
 *
 * Return: what swaccel_remove_function() takes, or an ERR_PTR: -EINVAL when
 * there is no such kind, -EEXIST when the id is taken.
 */
struct platform_device *swaccel_add_function(struct device *parent,
					     const char *kind, u32 id);

/* As hot unplug: whoever has a queue of @function open loses it. */
void swaccel_remove_function(struct platform_device *function);

#endif
