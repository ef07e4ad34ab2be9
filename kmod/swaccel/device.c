// SPDX-License-Identifier: GPL-2.0
/* A device from its start to its stop, on whatever bus it is. */
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uacce.h>
#include <linux/wait.h>

#include "device.h"
#include "engine.h"
#include "queue.h"

/*
 * Threads end soon after their queues, and whoever removes a device finds none.
 * One that wants a page which user space itself serves, and never does, ends
 * with the page; it keeps what it needs.
 */
#define STOP_TIMEOUT	(2 * HZ)

static void free_device(struct kref *references)
{
	struct swaccel_device *device;

	device = container_of(references, struct swaccel_device, references);
	ida_destroy(&device->numbers);
	kfree(device);
}

void swaccel_device_put(struct swaccel_device *device)
{
	kref_put(&device->references, free_device);
}

static int register_uacce(struct device *dev, struct swaccel_device *device,
			  bool sva)
{
	struct uacce_interface interface = {
		.flags	= sva ? UACCE_DEV_SVA : 0,
		.ops	= &swaccel_uacce_ops,
	};
	struct uacce_device *uacce;
	int ret;

	strscpy(interface.name, device->engine->name, sizeof(interface.name));
	uacce = uacce_alloc(dev, &interface);
	if (IS_ERR(uacce))
		return PTR_ERR(uacce);
	uacce->priv = device;
	uacce->algs = device->engine->algorithms;
	uacce->api_ver = device->format->api;
	uacce->qf_pg_num[UACCE_QFRT_MMIO] = device->format->doorbell_pages;
	uacce->qf_pg_num[UACCE_QFRT_DUS] =
		swaccel_memory_pages(device->format, device->config.depth);
	device->uacce = uacce;
	ret = uacce_register(uacce);
	if (ret)
		uacce_remove(uacce);
	else
		swaccel_extend_file(uacce);
	return ret;
}

int swaccel_device_start(struct device *dev,
			 const struct swaccel_config *config, bool sva)
{
	struct swaccel_device *device;
	int ret;

	device = kzalloc_node(sizeof(*device), GFP_KERNEL, config->node);
	if (!device)
		return -ENOMEM;
	kref_init(&device->references);
	device->config = *config;
	device->engine = swaccel_engines[config->engine];
	device->format = swaccel_find_format(config);
	ida_init(&device->numbers);
	init_waitqueue_head(&device->idle);
	ret = register_uacce(dev, device, sva);
	if (ret) {
		swaccel_device_put(device);
		return ret;
	}
	dev_set_drvdata(dev, device);
	swaccel_statistics_add(device);
	return 0;
}

void swaccel_device_stop(struct device *dev)
{
	struct swaccel_device *device = dev_get_drvdata(dev);

	swaccel_statistics_remove(device);
	uacce_remove(device->uacce);
	wait_event_timeout(device->idle, !atomic_read(&device->threads),
			   STOP_TIMEOUT);
	swaccel_device_put(device);
}
