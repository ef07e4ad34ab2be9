// SPDX-License-Identifier: GPL-2.0
/*
 * Fault injection: /sys/devices/platform/<device>/fault_injection/. For root
 * only. That a device vanishes is injected by delete_device.
 */
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/sysfs.h>
#include <linux/uacce.h>

#include <uapi/misc/uacce/swaccel.h>

#include "device.h"
#include "queue.h"

bool swaccel_take_failure(struct swaccel_device *device)
{
	return atomic_add_unless(&device->faults.failing, -1, 0);
}

static ssize_t isolate_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct swaccel_device *device = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%d\n", device->faults.isolate);
}

static ssize_t isolate_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t count)
{
	struct swaccel_device *device = dev_get_drvdata(dev);
	bool value;
	int ret = kstrtobool(buf, &value);

	if (ret)
		return ret;
	WRITE_ONCE(device->faults.isolate, value);
	return count;
}
static DEVICE_ATTR_ADMIN_RW(isolate);

static ssize_t no_instances_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	struct swaccel_device *device = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%d\n", device->faults.no_instances);
}

static ssize_t no_instances_store(struct device *dev,
				  struct device_attribute *attr,
				  const char *buf, size_t count)
{
	struct swaccel_device *device = dev_get_drvdata(dev);
	bool value;
	int ret = kstrtobool(buf, &value);

	if (ret)
		return ret;
	WRITE_ONCE(device->faults.no_instances, value);
	return count;
}
static DEVICE_ATTR_ADMIN_RW(no_instances);

/* How many of the next descriptors end with an error of the device. */
static ssize_t failing_descriptors_show(struct device *dev,
					struct device_attribute *attr,
					char *buf)
{
	struct swaccel_device *device = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%d\n", atomic_read(&device->faults.failing));
}

static ssize_t failing_descriptors_store(struct device *dev,
					 struct device_attribute *attr,
					 const char *buf, size_t count)
{
	struct swaccel_device *device = dev_get_drvdata(dev);
	u32 value;
	int ret = kstrtou32(buf, 10, &value);

	if (ret)
		return ret;
	if (value > INT_MAX)
		return -EINVAL;
	atomic_set(&device->faults.failing, value);
	return count;
}
static DEVICE_ATTR_ADMIN_RW(failing_descriptors);

/* Disables every queue that is open now, as an error of the queue would. */
static ssize_t disable_queues_store(struct device *dev,
				    struct device_attribute *attr,
				    const char *buf, size_t count)
{
	struct swaccel_device *device = dev_get_drvdata(dev);
	struct uacce_queue *uacce_queue;

	if (!sysfs_streq(buf, "1"))
		return -EINVAL;
	mutex_lock(&device->uacce->mutex);
	list_for_each_entry(uacce_queue, &device->uacce->queues, list)
		if (uacce_queue->priv)
			swaccel_disable(uacce_queue->priv,
					SWACCEL_QUEUE_INJECTED);
	mutex_unlock(&device->uacce->mutex);
	return count;
}
static DEVICE_ATTR_WO(disable_queues);

static struct attribute *fault_attrs[] = {
	&dev_attr_isolate.attr,
	&dev_attr_no_instances.attr,
	&dev_attr_failing_descriptors.attr,
	&dev_attr_disable_queues.attr,
	NULL,
};

static const struct attribute_group fault_group = {
	.name	= "fault_injection",
	.attrs	= fault_attrs,
};

const struct attribute_group *swaccel_device_groups[] = {
	&fault_group,
	NULL,
};
