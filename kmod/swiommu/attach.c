// SPDX-License-Identifier: GPL-2.0
/*
 * Devices that the kernel knew before, such as PCI functions. The IOMMU core
 * looks at them once, when they appear, and again at all devices when an IOMMU
 * is registered: so each of these devices gets an IOMMU of its own, which goes
 * with the device's driver and takes along what the core knows of it.
 */
#include <linux/device.h>
#include <linux/iommu.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "internal.h"

struct attached {
	struct device *dev;
	struct iommu_device unit;
};

/* A second registration would look at the first one's device, too. */
static DEFINE_MUTEX(register_lock);

static int register_unit(struct attached *attached)
{
	struct device *dev = attached->dev;
	int ret;

	ret = swiommu_assign(dev, &attached->unit);
	if (ret)
		return ret;
	mutex_lock(&register_lock);
	ret = iommu_device_register(&attached->unit, &swiommu_ops, NULL);
	mutex_unlock(&register_lock);
	if (ret)
		goto disown;
	if (dev->iommu_group)
		return 0;
	ret = -ENODEV;
	iommu_device_unregister(&attached->unit);
disown:
	swiommu_disown_device(dev);
	return ret;
}

static int add_unit(struct attached *attached)
{
	int ret;

	attached->unit.fwnode = fwnode_create_software_node(NULL, NULL);
	if (IS_ERR(attached->unit.fwnode))
		return PTR_ERR(attached->unit.fwnode);
	ret = iommu_device_sysfs_add(&attached->unit,
				     &swiommu_unit_device->dev, NULL,
				     "swiommu-%s", dev_name(attached->dev));
	if (ret)
		goto remove_node;
	ret = register_unit(attached);
	if (ret)
		goto remove_sysfs;
	return 0;

remove_sysfs:
	iommu_device_sysfs_remove(&attached->unit);
remove_node:
	fwnode_remove_software_node(attached->unit.fwnode);
	return ret;
}

static void detach(void *data)
{
	struct attached *attached = data;

	iommu_device_unregister(&attached->unit);
	iommu_device_sysfs_remove(&attached->unit);
	fwnode_remove_software_node(attached->unit.fwnode);
	kfree(attached);
}

int swiommu_attach_device(struct device *dev)
{
	struct attached *attached;
	int ret;

	if (dev->iommu)
		return -EBUSY;
	attached = kzalloc(sizeof(*attached), GFP_KERNEL);
	if (!attached)
		return -ENOMEM;
	attached->dev = dev;
	ret = add_unit(attached);
	if (ret) {
		kfree(attached);
		return ret;
	}
	return devm_add_action_or_reset(dev, detach, attached);
}
EXPORT_SYMBOL_GPL(swiommu_attach_device);
