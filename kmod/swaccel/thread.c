// SPDX-License-Identifier: GPL-2.0
/* The thread of a queue: takes descriptors, posts completions. */
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/topology.h>

#include "device.h"
#include "queue.h"

static u32 next(struct swaccel_queue *queue, u32 index)
{
	return index + 1 < queue->depth ? index + 1 : 0;
}

/*
 * Counts completions in the kernel, whatever user memory says. One slot stays
 * free, so that a full ring differs from an empty one.
 */
static bool has_work(struct swaccel_queue *queue)
{
	if (!READ_ONCE(queue->running) || READ_ONCE(queue->disabled))
		return false;
	/* Pairs with the doorbell: the descriptors come before the index. */
	if (smp_load_acquire(&queue->submission_tail) == queue->submission_head)
		return false;
	return next(queue, queue->completion_tail) !=
	       READ_ONCE(queue->completion_head);
}

static void post(struct swaccel_queue *queue)
{
	const struct swaccel_format *format = queue->format;
	u32 tail = queue->completion_tail;
	void *slot = swaccel_completion_slot(queue, tail);

	format->complete(queue, slot, queue->submission_head);
	format->set_phase(slot, queue->phase);
	tail = next(queue, tail);
	if (!tail)
		queue->phase = !queue->phase;
	WRITE_ONCE(queue->completion_tail, tail);
	atomic64_inc(&queue->device->counters.completed);
	if (queue->status)
		atomic64_inc(&queue->device->counters.failed);
}

static void execute_one(struct swaccel_queue *queue)
{
	const struct swaccel_format *format = queue->format;
	u8 descriptor[SWACCEL_MAX_SLOT] __aligned(8);
	void *slot = swaccel_submission_slot(queue, queue->submission_head);

	/* Once: user space can change the slot at any moment. */
	memcpy(descriptor, slot, format->descriptor_size);
	format->execute(queue, descriptor, slot);
	if (READ_ONCE(queue->dead))
		return;
	post(queue);
	queue->submission_head = next(queue, queue->submission_head);
	swaccel_notify(queue);
	cond_resched();
}

static void free_buffers(struct swaccel_queue *queue)
{
	kvfree(queue->input);
	kvfree(queue->output);
	queue->input = NULL;
	queue->output = NULL;
}

static int allocate_buffers(struct swaccel_queue *queue)
{
	u32 node = queue->device->config.node;

	queue->input = kvmalloc_node(SWACCEL_CHUNK, GFP_KERNEL_ACCOUNT, node);
	queue->output = kvmalloc_node(SWACCEL_CHUNK, GFP_KERNEL_ACCOUNT, node);
	if (queue->input && queue->output)
		return 0;
	free_buffers(queue);
	return -ENOMEM;
}

static void end_thread(struct swaccel_queue *queue)
{
	struct swaccel_device *device = queue->device;

	if (device->engine->release)
		device->engine->release(queue);
	queue->engine_state = NULL;
	free_buffers(queue);
	spin_lock(&queue->lock);
	queue->thread = NULL;
	spin_unlock(&queue->lock);
	if (atomic_dec_and_test(&device->threads))
		wake_up(&device->idle);
	/* Until here the queue has kept the device. */
	swaccel_put(queue);
}

static int run(void *data)
{
	struct swaccel_queue *queue = data;

	/* Held by the queue, and so by this thread to its end. */
	set_active_memcg(queue->cgroup);
	/* Cuts short a page fault that waits for something slow. */
	allow_kernel_signal(SIGKILL);
	while (!READ_ONCE(queue->dead)) {
		wait_event_idle(queue->work,
				READ_ONCE(queue->dead) || has_work(queue));
		if (!READ_ONCE(queue->dead))
			execute_one(queue);
	}
	set_active_memcg(NULL);
	end_thread(queue);
	module_put_and_kthread_exit(0);
	return 0;
}

int swaccel_start_thread(struct swaccel_queue *queue)
{
	struct swaccel_device *device = queue->device;
	const struct cpumask *cpus = cpumask_of_node(device->config.node);
	struct task_struct *thread;
	int ret;

	ret = allocate_buffers(queue);
	if (ret)
		return ret;
	thread = kthread_create_on_node(run, queue, device->config.node,
					"%s.%u", device->engine->name,
					device->config.id);
	if (IS_ERR(thread)) {
		free_buffers(queue);
		return PTR_ERR(thread);
	}
	/* A node of memory only has no CPUs: anywhere, then. */
	if (!cpumask_empty(cpus))
		set_cpus_allowed_ptr(thread, cpus);
	__module_get(THIS_MODULE);
	swaccel_get(queue);
	atomic_inc(&device->threads);
	queue->thread = thread;
	wake_up_process(thread);
	return 0;
}

void swaccel_kill_thread(struct swaccel_queue *queue)
{
	spin_lock(&queue->lock);
	if (queue->thread)
		send_sig(SIGKILL, queue->thread, 1);
	spin_unlock(&queue->lock);
	wake_up(&queue->work);
}
