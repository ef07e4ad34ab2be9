// SPDX-License-Identifier: GPL-2.0
/*
 * The regions that user space maps. uacce's own vm_operations are wrapped: a
 * mapping holds the queue and the module, and cannot be split, for uacce
 * would close each part as if it were the whole.
 *
 * Neither the device node's inode nor its mapping is kept: in a container the
 * node lies on a tmpfs that is unmounted while queues still end.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "device.h"
#include "queue.h"

/**
 * struct mapping - one mapped region, in place of uacce's vm_private_data
 * @queue: the queue, a reference
 * @fault: of the doorbell region; NULL for the memory region
 * @uacce_data: uacce's vm_private_data
 * @uacce_ops: uacce's vm_ops
 */
struct mapping {
	struct swaccel_queue *queue;
	vm_fault_t (*fault)(struct swaccel_queue *queue, struct vm_fault *vmf);
	void *uacce_data;
	const struct vm_operations_struct *uacce_ops;
};

static void close_mapping(struct vm_area_struct *vma)
{
	struct mapping *mapping = vma->vm_private_data;

	vma->vm_private_data = mapping->uacce_data;
	vma->vm_ops = mapping->uacce_ops;
	if (vma->vm_ops->close)
		vma->vm_ops->close(vma);
	swaccel_put(mapping->queue);
	kfree(mapping);
	module_put(THIS_MODULE);
}

static int refuse_split(struct vm_area_struct *vma, unsigned long address)
{
	return -EINVAL;
}

static int refuse_mremap(struct vm_area_struct *vma)
{
	return -EPERM;
}

static vm_fault_t fault_mapping(struct vm_fault *vmf)
{
	struct mapping *mapping = vmf->vma->vm_private_data;

	if (!mapping->fault || READ_ONCE(mapping->queue->dead))
		return VM_FAULT_SIGBUS;
	return mapping->fault(mapping->queue, vmf);
}

static const struct vm_operations_struct mapping_ops = {
	.close		= close_mapping,
	.may_split	= refuse_split,
	.mremap		= refuse_mremap,
	.fault		= fault_mapping,
};

int swaccel_map_region(struct swaccel_queue *queue, struct vm_area_struct *vma,
		       vm_fault_t (*fault)(struct swaccel_queue *queue,
					   struct vm_fault *vmf))
{
	struct mapping *mapping;

	mapping = kzalloc(sizeof(*mapping), GFP_KERNEL_ACCOUNT);
	if (!mapping)
		return -ENOMEM;
	__module_get(THIS_MODULE);
	swaccel_get(queue);
	mapping->queue = queue;
	mapping->fault = fault;
	mapping->uacce_data = vma->vm_private_data;
	mapping->uacce_ops = vma->vm_ops;
	vma->vm_private_data = mapping;
	vma->vm_ops = &mapping_ops;
	return 0;
}

unsigned long swaccel_memory_pages(const struct swaccel_format *format,
				   u32 depth)
{
	size_t size = (size_t)depth * (format->descriptor_size +
				       format->completion_size);

	return DIV_ROUND_UP(size + format->state_size, PAGE_SIZE);
}

void *swaccel_submission_slot(struct swaccel_queue *queue, u32 index)
{
	return queue->memory + (size_t)index * queue->format->descriptor_size;
}

void *swaccel_completion_slot(struct swaccel_queue *queue, u32 index)
{
	const struct swaccel_format *format = queue->format;

	return queue->memory + (size_t)queue->depth * format->descriptor_size +
	       (size_t)index * format->completion_size;
}

void swaccel_write_state(struct swaccel_queue *queue)
{
	void *memory;

	/* Pairs with allocate_memory(). */
	memory = smp_load_acquire(&queue->memory);
	if (!memory)
		return;
	queue->format->write_state(memory + (queue->page_count << PAGE_SHIFT),
				   READ_ONCE(queue->disabled));
}

void swaccel_free_memory(struct swaccel_queue *queue)
{
	unsigned long i;

	vunmap(queue->memory);
	queue->memory = NULL;
	if (!queue->pages)
		return;
	for (i = 0; i < queue->page_count && queue->pages[i]; i++)
		__free_page(queue->pages[i]);
	kfree(queue->pages);
	queue->pages = NULL;
}

/* On the device's node, and charged to whoever maps it. */
static int allocate_memory(struct swaccel_queue *queue)
{
	const gfp_t flags = GFP_KERNEL_ACCOUNT | __GFP_ZERO;
	void *memory;
	unsigned long i;

	queue->page_count = swaccel_memory_pages(queue->format, queue->depth);
	queue->pages = kcalloc(queue->page_count, sizeof(*queue->pages),
			       GFP_KERNEL_ACCOUNT);
	if (!queue->pages)
		return -ENOMEM;
	for (i = 0; i < queue->page_count; i++) {
		queue->pages[i] = alloc_pages_node(queue->device->config.node,
						   flags, 0);
		if (!queue->pages[i])
			goto free;
	}
	memory = vmap(queue->pages, queue->page_count, VM_MAP, PAGE_KERNEL);
	if (!memory)
		goto free;
	/* Pairs with swaccel_write_state(), which needs the page count. */
	smp_store_release(&queue->memory, memory);
	return 0;

free:
	swaccel_free_memory(queue);
	return -ENOMEM;
}

/*
 * The pages are inserted with references of their own, not as bare frame
 * numbers: on removal uacce puts the queue before it unmaps them.
 */
int swaccel_map_memory(struct swaccel_queue *queue, struct vm_area_struct *vma)
{
	unsigned long pages = vma_pages(vma);
	unsigned long i;
	int ret;

	if (!(vma->vm_flags & VM_SHARED) ||
	    pages > swaccel_memory_pages(queue->format, queue->depth))
		return -EINVAL;
	if (!queue->memory) {
		ret = allocate_memory(queue);
		if (ret)
			return ret;
		swaccel_write_state(queue);
	}
	vm_flags_set(vma, VM_DONTDUMP);
	for (i = 0; i < pages; i++) {
		ret = vm_insert_page(vma, vma->vm_start + (i << PAGE_SHIFT),
				     queue->pages[i]);
		if (ret)
			return ret;
	}
	return swaccel_map_region(queue, vma, NULL);
}
