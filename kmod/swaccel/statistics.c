// SPDX-License-Identifier: GPL-2.0
/* Statistics: /sys/kernel/debug/swaccel/<device>/statistics. */
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include <linux/uacce.h>

#include "device.h"

static struct dentry *root;

static int statistics_show(struct seq_file *file, void *unused)
{
	struct swaccel_device *device = file->private;
	struct swaccel_counters *counters = &device->counters;

	seq_printf(file, "open_queues %d\n", atomic_read(&device->open_queues));
	seq_printf(file, "threads %d\n", atomic_read(&device->threads));
	seq_printf(file, "doorbells %lld\n",
		   atomic64_read(&counters->doorbells));
	seq_printf(file, "bad_doorbells %lld\n",
		   atomic64_read(&counters->bad_doorbells));
	seq_printf(file, "completed %lld\n",
		   atomic64_read(&counters->completed));
	seq_printf(file, "failed %lld\n", atomic64_read(&counters->failed));
	seq_printf(file, "bytes_read %lld\n",
		   atomic64_read(&counters->bytes_read));
	seq_printf(file, "bytes_written %lld\n",
		   atomic64_read(&counters->bytes_written));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(statistics);

void swaccel_statistics_init(void)
{
	root = debugfs_create_dir("swaccel", NULL);
}

void swaccel_statistics_exit(void)
{
	debugfs_remove(root);
}

void swaccel_statistics_add(struct swaccel_device *device)
{
	device->debugfs = debugfs_create_dir(dev_name(device->uacce->parent),
					     root);
	debugfs_create_file("statistics", 0400, device->debugfs, device,
			    &statistics_fops);
}

void swaccel_statistics_remove(struct swaccel_device *device)
{
	debugfs_remove(device->debugfs);
}
