// SPDX-License-Identifier: GPL-2.0
/*
 * What an open queue's file does beyond uacce's: its poll() knows completions
 * only, and a program would wait for one that never comes. All else stays
 * uacce's own.
 */
#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/uacce.h>

#include "queue.h"

static const struct file_operations *uacce_fops;
static struct file_operations fops;
static DEFINE_MUTEX(fops_lock);

static __poll_t poll(struct file *file, struct poll_table_struct *table)
{
	struct uacce_queue *uacce_queue = file->private_data;
	__poll_t events = uacce_fops->poll(file, table);
	struct swaccel_queue *queue;

	/* put_queue() of a removed device is called with it. */
	mutex_lock(&uacce_queue->mutex);
	queue = uacce_queue->priv;
	if (!queue)
		events = EPOLLERR | EPOLLHUP;
	else if (READ_ONCE(queue->disabled))
		events |= EPOLLERR;
	mutex_unlock(&uacce_queue->mutex);
	return events;
}

/* The files hold this module instead of uacce, which this one holds. */
void swaccel_extend_file(struct uacce_device *uacce)
{
	mutex_lock(&fops_lock);
	if (!uacce_fops) {
		uacce_fops = uacce->cdev->ops;
		fops = *uacce_fops;
		fops.owner = THIS_MODULE;
		fops.poll = poll;
	}
	WRITE_ONCE(uacce->cdev->ops, &fops);
	mutex_unlock(&fops_lock);
}
