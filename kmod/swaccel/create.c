// SPDX-License-Identifier: GPL-2.0
/*
 * Devices come and go: the driver's attributes new_device and delete_device,
 * and the module parameter devices=. The creator chooses the id, so that
 * "sw_zip.3" is the same device after it was away.
 */
#include <linux/device.h>
#include <linux/export.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "../include/swaccel.h"
#include "../include/swiommu.h"
#include "device.h"
#include "engine.h"
#include "queue.h"

struct created {
	struct list_head node;
	struct platform_device *pdev;
};

static LIST_HEAD(created_devices);
static unsigned int created_count;
static DEFINE_MUTEX(created_lock);

static bool is_taken(const char *engine, u32 id)
{
	struct device *dev;
	char name[32];

	snprintf(name, sizeof(name), "%s.%u", engine, id);
	dev = bus_find_device_by_name(&platform_bus_type, NULL, name);
	put_device(dev);
	return dev;
}

static int add_device(struct platform_device *pdev,
		      const struct swaccel_config *config)
{
	int ret;

	set_dev_node(&pdev->dev, config->node);
	ret = platform_device_add_data(pdev, config, sizeof(*config));
	if (ret)
		return ret;
	if (swaccel_sva()) {
		ret = swiommu_adopt_device(&pdev->dev);
		if (ret)
			return ret;
	}
	ret = platform_device_add(pdev);
	if (ret)
		swiommu_disown_device(&pdev->dev);
	return ret;
}

static struct platform_device *
register_device(const struct swaccel_config *config, struct device *parent)
{
	const char *name = swaccel_engines[config->engine]->name;
	struct platform_device *pdev;
	int ret;

	pdev = platform_device_alloc(name, config->id);
	if (!pdev)
		return ERR_PTR(-ENOMEM);
	pdev->dev.parent = parent;
	ret = add_device(pdev, config);
	if (ret) {
		platform_device_put(pdev);
		return ERR_PTR(ret);
	}
	if (!device_is_bound(&pdev->dev)) {
		dev_err(&pdev->dev, "could not be started\n");
		platform_device_unregister(pdev);
		return ERR_PTR(-ENODEV);
	}
	return pdev;
}

static int create(const struct swaccel_config *config)
{
	const char *name = swaccel_engines[config->engine]->name;
	struct created *created;
	int ret;

	if (swaccel_engines[config->engine]->borrowed &&
	    !swaccel_may_borrow(name))
		return -EPERM;
	if (is_taken(name, config->id)) {
		pr_err("swaccel: %s.%u exists\n", name, config->id);
		return -EEXIST;
	}
	if (created_count == SWACCEL_MAX_DEVICES) {
		pr_err("swaccel: %u devices are the most\n", created_count);
		return -ENOSPC;
	}
	created = kzalloc(sizeof(*created), GFP_KERNEL);
	if (!created)
		return -ENOMEM;
	created->pdev = register_device(config, NULL);
	if (IS_ERR(created->pdev)) {
		ret = PTR_ERR(created->pdev);
		kfree(created);
		return ret;
	}
	list_add(&created->node, &created_devices);
	created_count++;
	return 0;
}

int swaccel_create(const struct swaccel_config *config)
{
	int ret;

	mutex_lock(&created_lock);
	ret = create(config);
	mutex_unlock(&created_lock);
	return ret;
}

struct platform_device *swaccel_add_function(struct device *parent,
					     const char *kind, u32 id)
{
	struct swaccel_config config;
	struct platform_device *pdev;
	int engine;

	engine = swaccel_find_engine(kind);
	if (engine < 0)
		return ERR_PTR(engine);
	swaccel_default_config(engine, &config);
	config.id = id;
	config.node = dev_to_node(parent);
	mutex_lock(&created_lock);
	if (swaccel_engines[engine]->borrowed && !swaccel_may_borrow(kind))
		pdev = ERR_PTR(-EPERM);
	else if (is_taken(kind, id))
		pdev = ERR_PTR(-EEXIST);
	else
		pdev = register_device(&config, parent);
	mutex_unlock(&created_lock);
	return pdev;
}
EXPORT_SYMBOL_GPL(swaccel_add_function);

void swaccel_remove_function(struct platform_device *function)
{
	platform_device_unregister(function);
}
EXPORT_SYMBOL_GPL(swaccel_remove_function);

/* Return: the device, which is nobody else's any more, or NULL. */
static struct created *take(const char *name)
{
	struct created *created, *found = NULL;

	mutex_lock(&created_lock);
	list_for_each_entry(created, &created_devices, node) {
		if (!sysfs_streq(name, dev_name(&created->pdev->dev)))
			continue;
		list_del(&created->node);
		created_count--;
		found = created;
		break;
	}
	mutex_unlock(&created_lock);
	return found;
}

/* Waits for what the device does: without the lock that all devices share. */
static void destroy(struct created *created)
{
	platform_device_unregister(created->pdev);
	kfree(created);
}

int swaccel_delete(const char *name)
{
	struct created *created = take(name);

	if (!created) {
		pr_err("swaccel: delete_device: no such device\n");
		return -ENODEV;
	}
	destroy(created);
	return 0;
}

void swaccel_delete_all(void)
{
	struct created *created, *next;

	mutex_lock(&created_lock);
	list_for_each_entry_safe(created, next, &created_devices, node) {
		list_del(&created->node);
		created_count--;
		destroy(created);
	}
	mutex_unlock(&created_lock);
}

static int create_from(char *text)
{
	struct swaccel_config config;
	int ret;

	ret = swaccel_parse(text, &config);
	return ret ?: swaccel_create(&config);
}

/* "sw_zip id=0 node=0; sw_sec id=1 node=0": all, or an error. */
int swaccel_create_list(const char *list)
{
	char *copy, *rest, *text;
	int ret = 0;

	if (!list || !*list)
		return 0;
	copy = kstrdup(list, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	rest = copy;
	while (!ret && (text = strsep(&rest, ";")))
		ret = create_from(text);
	kfree(copy);
	return ret;
}

static ssize_t new_device_store(struct device_driver *driver, const char *buf,
				size_t count)
{
	char *copy;
	int ret;

	copy = kstrndup(buf, count, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	ret = create_from(copy);
	kfree(copy);
	return ret ?: count;
}
static DRIVER_ATTR_WO(new_device);

static ssize_t delete_device_store(struct device_driver *driver,
				   const char *buf, size_t count)
{
	int ret = swaccel_delete(buf);

	return ret ?: count;
}
static DRIVER_ATTR_WO(delete_device);

static struct attribute *driver_attrs[] = {
	&driver_attr_new_device.attr,
	&driver_attr_delete_device.attr,
	NULL,
};
ATTRIBUTE_GROUPS(driver);

const struct attribute_group **swaccel_driver_groups = driver_groups;
