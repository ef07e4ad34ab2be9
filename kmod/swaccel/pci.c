// SPDX-License-Identifier: GPL-2.0
/*
 * Devices on PCI functions. Any function will do: it lends its place in the
 * machine, and its registers are not touched. A driver for each engine binds
 * what driver_override gives it, and nothing else.
 */
#include <linux/nodemask.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "../include/swiommu.h"
#include "device.h"
#include "engine.h"

/* Indexed as swaccel_engines; a real device's driver has a name of its own. */
static struct pci_driver *drivers;

/* Without it the device shows all the same, and no queue opens. */
static bool attach_iommu(struct device *dev)
{
	int ret;

	if (!swaccel_sva())
		return false;
	ret = swiommu_attach_device(dev);
	if (ret == -EBUSY)
		dev_warn(dev, "behind another IOMMU: no shared virtual addressing\n");
	else if (ret)
		dev_warn(dev, "no shared virtual addressing: error %d\n", ret);
	return !ret;
}

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct swaccel_config config;
	int node = dev_to_node(&pdev->dev);

	swaccel_default_config(to_pci_driver(pdev->dev.driver) - drivers,
			       &config);
	config.id = pci_dev_id(pdev);
	config.node = node == NUMA_NO_NODE ? first_online_node : node;
	return swaccel_device_start(&pdev->dev, &config,
				    attach_iommu(&pdev->dev));
}

static void remove(struct pci_dev *pdev)
{
	swaccel_device_stop(&pdev->dev);
}

static void unregister_first(unsigned int count)
{
	while (count--)
		if (!swaccel_engines[count]->borrowed)
			pci_unregister_driver(&drivers[count]);
	kfree(drivers);
}

int swaccel_pci_register(void)
{
	struct pci_driver *driver;
	unsigned int i;
	int ret;

	drivers = kcalloc(swaccel_engine_count, sizeof(*drivers), GFP_KERNEL);
	if (!drivers)
		return -ENOMEM;
	for (i = 0; i < swaccel_engine_count; i++) {
		if (swaccel_engines[i]->borrowed)
			continue;
		driver = &drivers[i];
		driver->name = swaccel_engines[i]->name;
		driver->probe = probe;
		driver->remove = remove;
		driver->dev_groups = swaccel_device_groups;
		/* There is no DMA, so the IOMMU may come after the driver. */
		driver->driver_managed_dma = true;
		driver->driver.probe_type = PROBE_FORCE_SYNCHRONOUS;
		ret = pci_register_driver(driver);
		if (ret) {
			unregister_first(i);
			return ret;
		}
	}
	return 0;
}

void swaccel_pci_unregister(void)
{
	unregister_first(swaccel_engine_count);
}
