// SPDX-License-Identifier: GPL-2.0
/* The platform driver: a uacce device for each platform device. */
#include <linux/module.h>
#include <linux/mod_devicetable.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uacce.h>

#include "device.h"
#include "engine.h"
#include "queue.h"

static char *devices;
module_param(devices, charp, 0444);
MODULE_PARM_DESC(devices, "devices to create, as for new_device, separated by ;");

static bool sva = true;
module_param(sva, bool, 0444);
MODULE_PARM_DESC(sva, "shared virtual addressing; without it devices show, but no queue opens");

bool swaccel_sva(void)
{
	return sva;
}

static void free_device(struct kref *references)
{
	kfree(container_of(references, struct swaccel_device, references));
}

void swaccel_device_put(struct swaccel_device *device)
{
	kref_put(&device->references, free_device);
}

static int register_uacce(struct device *dev, struct swaccel_device *device)
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
	return ret;
}

static int probe(struct platform_device *pdev)
{
	const struct swaccel_config *config = dev_get_platdata(&pdev->dev);
	struct swaccel_device *device;
	int ret;

	/* Not created by this module. */
	if (!config)
		return -ENODEV;
	device = kzalloc_node(sizeof(*device), GFP_KERNEL, config->node);
	if (!device)
		return -ENOMEM;
	kref_init(&device->references);
	device->config = *config;
	device->engine = swaccel_engines[config->engine];
	device->format = &swaccel_format_v1;
	init_waitqueue_head(&device->idle);
	ret = register_uacce(&pdev->dev, device);
	if (ret) {
		swaccel_device_put(device);
		return ret;
	}
	platform_set_drvdata(pdev, device);
	swaccel_statistics_add(device);
	return 0;
}

static void remove(struct platform_device *pdev)
{
	struct swaccel_device *device = platform_get_drvdata(pdev);

	swaccel_statistics_remove(device);
	uacce_remove(device->uacce);
	wait_event(device->idle, !atomic_read(&device->threads));
	swaccel_device_put(device);
}

static const struct platform_device_id ids[] = {
	{ "sw_dma" },
	{ "sw_sec" },
	{ "sw_zip" },
	{ }
};
MODULE_DEVICE_TABLE(platform, ids);

static struct platform_driver swaccel_driver = {
	.probe		= probe,
	.remove		= remove,
	.id_table	= ids,
	.driver		= {
		.name		= "swaccel",
		.probe_type	= PROBE_FORCE_SYNCHRONOUS,
		.dev_groups	= swaccel_device_groups,
	},
};

static int __init swaccel_init(void)
{
	int ret;

	if (!IS_ENABLED(CONFIG_X86_64)) {
		pr_err("swaccel: no decoder of doorbell stores for this architecture\n");
		return -EOPNOTSUPP;
	}
	swaccel_statistics_init();
	swaccel_driver.driver.groups = swaccel_driver_groups;
	ret = platform_driver_register(&swaccel_driver);
	if (ret)
		goto remove_statistics;
	ret = swaccel_create_list(devices);
	if (ret)
		goto unregister;
	return 0;

unregister:
	platform_driver_unregister(&swaccel_driver);
	swaccel_delete_all();
remove_statistics:
	swaccel_statistics_exit();
	return ret;
}

static void __exit swaccel_exit(void)
{
	platform_driver_unregister(&swaccel_driver);
	swaccel_delete_all();
	swaccel_statistics_exit();
}

module_init(swaccel_init);
module_exit(swaccel_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Nacelle authors");
MODULE_DESCRIPTION("Software accelerator under uacce");
