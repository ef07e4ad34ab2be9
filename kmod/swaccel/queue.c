// SPDX-License-Identifier: GPL-2.0
/* Queues as uacce asks for them: open, map, start, stop, close. */
#include <linux/errno.h>
#include <linux/idr.h>
#include <linux/memcontrol.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uacce.h>

#include <uapi/misc/uacce/swaccel.h>

#include "../include/swiommu.h"
#include "device.h"
#include "queue.h"

static void free_queue(struct kref *references)
{
	struct swaccel_queue *queue;

	queue = container_of(references, struct swaccel_queue, references);
	ida_free(&queue->device->numbers, queue->number);
	swaccel_free_memory(queue);
	swiommu_put_space(queue->space);
	mem_cgroup_put(queue->cgroup);
	swaccel_device_put(queue->device);
	kfree(queue);
}

void swaccel_get(struct swaccel_queue *queue)
{
	kref_get(&queue->references);
}

void swaccel_put(struct swaccel_queue *queue)
{
	kref_put(&queue->references, free_queue);
}

void swaccel_notify(struct swaccel_queue *queue)
{
	spin_lock(&queue->lock);
	if (queue->uacce_queue)
		wake_up_interruptible(&queue->uacce_queue->wait);
	spin_unlock(&queue->lock);
}

void swaccel_disable(struct swaccel_queue *queue, u32 error)
{
	/* The first reason stays. */
	cmpxchg(&queue->disabled, SWACCEL_QUEUE_GOOD, error);
	swaccel_write_state(queue);
	swaccel_notify(queue);
}

static int get_available_instances(struct uacce_device *uacce)
{
	struct swaccel_device *device = uacce->priv;

	if (READ_ONCE(device->faults.no_instances))
		return 0;
	return device->config.queues - atomic_read(&device->open_queues);
}

static enum uacce_dev_state get_isolate_state(struct uacce_device *uacce)
{
	struct swaccel_device *device = uacce->priv;

	if (READ_ONCE(device->faults.isolate) || swaccel_owner(device->engine))
		return UACCE_DEV_ISOLATE;
	return UACCE_DEV_NORMAL;
}

static struct swaccel_queue *create_queue(struct swaccel_device *device,
					  struct uacce_queue *uacce_queue,
					  u32 pasid)
{
	struct swaccel_queue *queue;
	int ret;

	queue = kzalloc(sizeof(*queue), GFP_KERNEL_ACCOUNT);
	if (!queue)
		return ERR_PTR(-ENOMEM);
	ret = ida_alloc_max(&device->numbers, SWACCEL_MAX_NUMBER, GFP_KERNEL);
	if (ret < 0)
		goto free;
	queue->number = ret;
	queue->space = swiommu_get_space(uacce_queue->uacce->parent, pasid);
	if (IS_ERR(queue->space)) {
		ret = PTR_ERR(queue->space);
		goto free_number;
	}
	queue->cgroup = get_mem_cgroup_from_mm(current->mm);
	kref_init(&queue->references);
	kref_get(&device->references);
	queue->device = device;
	queue->format = device->format;
	queue->depth = device->config.depth;
	spin_lock_init(&queue->lock);
	init_waitqueue_head(&queue->work);
	queue->uacce_queue = uacce_queue;
	queue->phase = true;
	return queue;

free_number:
	ida_free(&device->numbers, queue->number);
free:
	kfree(queue);
	return ERR_PTR(ret);
}

static int may_open(struct uacce_device *uacce)
{
	struct swaccel_device *device = uacce->priv;
	const char *owner = swaccel_owner(device->engine);

	if (owner) {
		dev_err_ratelimited(uacce->parent,
				    "no queue, %s is here: delete this device\n",
				    owner);
		return -EIO;
	}
	if (!(uacce->flags & UACCE_DEV_SVA)) {
		dev_err_ratelimited(uacce->parent,
				    "no queue without shared virtual addressing: load swaccel without sva=0\n");
		return -EOPNOTSUPP;
	}
	if (READ_ONCE(device->faults.isolate))
		return -EIO;
	if (get_available_instances(uacce) <= 0)
		return -EBUSY;
	return 0;
}

/* uacce->mutex is held here, and in put_queue. */
static int get_queue(struct uacce_device *uacce, unsigned long pasid,
		     struct uacce_queue *uacce_queue)
{
	struct swaccel_device *device = uacce->priv;
	struct swaccel_queue *queue;
	int ret;

	ret = may_open(uacce);
	if (ret)
		return ret;
	queue = create_queue(device, uacce_queue, pasid);
	if (IS_ERR(queue))
		return PTR_ERR(queue);
	atomic_inc(&device->open_queues);
	uacce_queue->priv = queue;
	return 0;
}

/*
 * Does not wait for the thread: it may be in a page fault that needs a lock
 * which the caller holds. The thread ends by itself.
 */
static void put_queue(struct uacce_queue *uacce_queue)
{
	struct swaccel_queue *queue = uacce_queue->priv;

	swaccel_disable(queue, SWACCEL_QUEUE_REMOVED);
	spin_lock(&queue->lock);
	queue->uacce_queue = NULL;
	spin_unlock(&queue->lock);
	WRITE_ONCE(queue->dead, true);
	swaccel_kill_thread(queue);
	atomic_dec(&queue->device->open_queues);
	uacce_queue->priv = NULL;
	swaccel_put(queue);
}

static int start_queue(struct uacce_queue *uacce_queue)
{
	struct swaccel_queue *queue = uacce_queue->priv;
	int ret = 0;

	/* Pairs with allocate_memory(): the rings come with their mapping. */
	if (!smp_load_acquire(&queue->memory))
		return -EINVAL;
	if (!queue->thread)
		ret = swaccel_start_thread(queue);
	if (ret)
		return ret;
	WRITE_ONCE(queue->running, true);
	wake_up(&queue->work);
	return 0;
}

/* A descriptor under way is finished; the rest waits for the next start. */
static void stop_queue(struct uacce_queue *uacce_queue)
{
	struct swaccel_queue *queue = uacce_queue->priv;

	WRITE_ONCE(queue->running, false);
}

static int is_q_updated(struct uacce_queue *uacce_queue)
{
	struct swaccel_queue *queue = uacce_queue->priv;

	return READ_ONCE(queue->completion_tail) !=
	       READ_ONCE(queue->completion_head);
}

static int mmap(struct uacce_queue *uacce_queue, struct vm_area_struct *vma,
		struct uacce_qfile_region *region)
{
	struct swaccel_queue *queue = uacce_queue->priv;

	if (region->type == UACCE_QFRT_MMIO)
		return swaccel_map_doorbell(queue, vma);
	return swaccel_map_memory(queue, vma);
}

/*
 * uacce holds its mutex here, which every open() and close() of the device
 * takes, and its removal. The argument may be on a page that never comes: so
 * the mutex is let go meanwhile, and the queue is kept by a reference. uacce
 * only unlocks it afterwards.
 */
static long ioctl(struct uacce_queue *uacce_queue, unsigned int command,
		  unsigned long argument)
{
	struct swaccel_queue *queue = uacce_queue->priv;
	struct uacce_device *uacce = uacce_queue->uacce;
	long ret;

	if (!queue->format->ioctl)
		return -ENOTTY;
	swaccel_get(queue);
	mutex_unlock(&uacce->mutex);
	ret = queue->format->ioctl(queue, command, argument);
	mutex_lock(&uacce->mutex);
	swaccel_put(queue);
	return ret;
}

const struct uacce_ops swaccel_uacce_ops = {
	.get_available_instances	= get_available_instances,
	.get_isolate_state		= get_isolate_state,
	.get_queue			= get_queue,
	.put_queue			= put_queue,
	.start_queue			= start_queue,
	.stop_queue			= stop_queue,
	.is_q_updated			= is_q_updated,
	.mmap				= mmap,
	.ioctl				= ioctl,
};
