// SPDX-License-Identifier: GPL-2.0
/* The platform driver, and the module. */
#include <linux/module.h>
#include <linux/mod_devicetable.h>
#include <linux/platform_device.h>

#include "decode.h"
#include "device.h"

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

static int probe(struct platform_device *pdev)
{
	const struct swaccel_config *config = dev_get_platdata(&pdev->dev);

	/* Not created by this module. */
	if (!config)
		return -ENODEV;
	return swaccel_device_start(&pdev->dev, config, sva);
}

static void remove(struct platform_device *pdev)
{
	swaccel_device_stop(&pdev->dev);
}

static const struct platform_device_id ids[] = {
	{ "sw_dma" },
	{ "sw_sec" },
	{ "sw_zip" },
	{ "hisi_zip" },
	{ "hisi_sec2" },
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

	if (!swaccel_can_decode) {
		pr_err("swaccel: no decoder of doorbell stores for this architecture, only for x86-64 and arm64\n");
		return -EOPNOTSUPP;
	}
	swaccel_statistics_init();
	swaccel_driver.driver.groups = swaccel_driver_groups;
	ret = platform_driver_register(&swaccel_driver);
	if (ret)
		goto remove_statistics;
	ret = swaccel_pci_register();
	if (ret)
		goto unregister;
	ret = swaccel_create_list(devices);
	if (ret)
		goto unregister_pci;
	return 0;

unregister_pci:
	swaccel_pci_unregister();
unregister:
	platform_driver_unregister(&swaccel_driver);
	swaccel_delete_all();
remove_statistics:
	swaccel_statistics_exit();
	return ret;
}

static void __exit swaccel_exit(void)
{
	swaccel_pci_unregister();
	platform_driver_unregister(&swaccel_driver);
	swaccel_delete_all();
	swaccel_statistics_exit();
}

module_init(swaccel_init);
module_exit(swaccel_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Nacelle authors");
MODULE_DESCRIPTION("Software accelerator under uacce");
