// SPDX-License-Identifier: GPL-2.0
/*
 * A region: its bridge, its contents, and the function that they make. The
 * function comes and goes with the bridge, which the kernel's framework
 * disables before it programs a region, and enables after a good load only.
 */
#include <linux/fpga/fpga-bridge.h>
#include <linux/platform_device.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "../include/swaccel.h"
#include "swfpga.h"

void swfpga_set_contents(struct swfpga_region *region,
			 const struct swfpga_header *header)
{
	struct fpga_compat_id *id = &region->ids[region->turn];

	id->id_h = le64_to_cpu(header->id_high);
	id->id_l = le64_to_cpu(header->id_low);
	region->turn = !region->turn;
	strscpy(region->kind, header->kind, sizeof(region->kind));
	/* A reader of the pointer finds the id behind it. */
	smp_store_release(&region->region->compat_id, id);
}

static int add_function(struct swfpga_region *region)
{
	struct device *dev = &region->pdev->dev;
	struct platform_device *function;

	if (!region->kind[0])
		return 0;
	function = swaccel_add_function(dev, region->kind,
					SWFPGA_FIRST_FUNCTION +
					region->pdev->id);
	if (IS_ERR(function)) {
		dev_err(dev, "no %s: error %ld\n", region->kind,
			PTR_ERR(function));
		return PTR_ERR(function);
	}
	region->function = function;
	return 0;
}

static void remove_function(struct swfpga_region *region)
{
	if (region->function)
		swaccel_remove_function(region->function);
	region->function = NULL;
}

static int enable_show(struct fpga_bridge *bridge)
{
	struct swfpga_region *region = bridge->priv;

	return READ_ONCE(region->enabled);
}

static int enable_set(struct fpga_bridge *bridge, bool enable)
{
	struct swfpga_region *region = bridge->priv;
	int ret = 0;

	if (enable)
		ret = add_function(region);
	else
		remove_function(region);
	if (!ret)
		WRITE_ONCE(region->enabled, enable);
	return ret;
}

static const struct fpga_bridge_ops bridge_ops = {
	.enable_show	= enable_show,
	.enable_set	= enable_set,
};

static int get_bridges(struct fpga_region *fpga_region)
{
	struct swfpga_region *region = fpga_region->priv;

	return fpga_bridge_get_to_list(&region->pdev->dev, fpga_region->info,
				       &fpga_region->bridge_list);
}

static int program(struct swfpga_region *region, const char *buf, size_t count)
{
	struct fpga_region *fpga_region = region->region;
	struct fpga_image_info *info;
	int ret;

	info = fpga_image_info_alloc(&fpga_region->dev);
	if (!info)
		return -ENOMEM;
	info->flags = FPGA_MGR_PARTIAL_RECONFIG;
	info->buf = buf;
	info->count = count;
	info->region_id = region->index;
	fpga_region->info = info;
	ret = fpga_region_program_fpga(fpga_region);
	fpga_region->info = NULL;
	/* After a good load the caller holds the bridges. */
	if (!ret)
		fpga_bridges_put(&fpga_region->bridge_list);
	fpga_image_info_free(info);
	return ret;
}

/* One write is one load; the framework refuses a second one on the card. */
static ssize_t image_write(struct file *file, struct kobject *kobj,
			   struct bin_attribute *attribute, char *buf,
			   loff_t offset, size_t count)
{
	struct swfpga_region *region = dev_get_drvdata(kobj_to_dev(kobj));
	int ret;

	if (offset)
		return -EFBIG;
	/* The framework looks at region->info before it takes its locks. */
	if (!mutex_trylock(&region->loading))
		return -EBUSY;
	ret = program(region, buf, count);
	if (!ret && swfpga_reports_loads())
		kobject_uevent(&region->region->dev.kobj, KOBJ_CHANGE);
	mutex_unlock(&region->loading);
	return ret ?: count;
}
static BIN_ATTR_WO(image, SWFPGA_MAX_IMAGE);

static struct bin_attribute *region_bin_attrs[] = {
	&bin_attr_image,
	NULL,
};

static const struct attribute_group region_group = {
	.bin_attrs	= region_bin_attrs,
};

static int register_parts(struct swfpga_region *region)
{
	struct device *dev = &region->pdev->dev;
	const struct fpga_region_info info = {
		.mgr		= region->card->manager,
		.priv		= region,
		.get_bridges	= get_bridges,
	};

	region->bridge = fpga_bridge_register(dev, "Software FPGA bridge",
					      &bridge_ops, region);
	if (IS_ERR(region->bridge))
		return PTR_ERR(region->bridge);
	region->region = fpga_region_register_full(dev, &info);
	if (IS_ERR(region->region)) {
		fpga_bridge_unregister(region->bridge);
		return PTR_ERR(region->region);
	}
	return 0;
}

static void unregister_parts(struct swfpga_region *region)
{
	remove_function(region);
	fpga_region_unregister(region->region);
	fpga_bridge_unregister(region->bridge);
}

static struct platform_device *add_device(struct swfpga_region *region)
{
	struct swfpga_card *card = region->card;
	struct platform_device *pdev;
	int ret;

	pdev = platform_device_alloc("swfpga_region", card->pdev->id *
				     SWFPGA_MAX_REGIONS + region->index);
	if (!pdev)
		return ERR_PTR(-ENOMEM);
	pdev->dev.parent = &card->pdev->dev;
	set_dev_node(&pdev->dev, dev_to_node(&card->pdev->dev));
	platform_set_drvdata(pdev, region);
	ret = platform_device_add(pdev);
	if (ret) {
		platform_device_put(pdev);
		return ERR_PTR(ret);
	}
	return pdev;
}

int swfpga_add_region(struct swfpga_region *region)
{
	int ret;

	mutex_init(&region->loading);
	region->pdev = add_device(region);
	if (IS_ERR(region->pdev))
		return PTR_ERR(region->pdev);
	ret = register_parts(region);
	if (ret)
		goto remove_device;
	ret = sysfs_create_group(&region->pdev->dev.kobj, &region_group);
	if (ret)
		goto unregister;
	return 0;

unregister:
	unregister_parts(region);
remove_device:
	platform_device_unregister(region->pdev);
	return ret;
}

void swfpga_remove_region(struct swfpga_region *region)
{
	/* Waits for a load that is under way. */
	sysfs_remove_group(&region->pdev->dev.kobj, &region_group);
	unregister_parts(region);
	platform_device_unregister(region->pdev);
}
