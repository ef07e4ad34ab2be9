// SPDX-License-Identifier: GPL-2.0
/*
 * The doorbell: a page that is never there. A store to it faults, and the
 * handler decodes the store, hands its value to the queue's format, wakes the
 * thread, and lets the program go on after the instruction. So no store is
 * lost, whatever the thread does at that moment, and there is no page to map
 * and unmap.
 */
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>

#include "decode.h"
#include "device.h"
#include "queue.h"

static void store(struct swaccel_queue *queue, u32 offset,
		  const struct swaccel_access *access)
{
	atomic64_inc(&queue->device->counters.doorbells);
	queue->format->doorbell(queue, offset, access->instruction.size,
				access->value);
	wake_up(&queue->work);
}

/*
 * The code cannot be read: its page is not there just now, or nobody may read
 * it, only execute it. The page is faulted in without the lock of the mapping
 * that a fault holds; then the access is tried again.
 */
static vm_fault_t fetch_code(struct vm_fault *vmf, struct pt_regs *regs)
{
	struct swaccel_access access;

	release_fault_lock(vmf);
	if (!swaccel_fault_in_code(regs) &&
	    swaccel_decode(regs, &access) == -EAGAIN)
		force_sig(SIGBUS);
	return VM_FAULT_RETRY;
}

/* Takes neither uacce's q->mutex nor anything else that sleeps. */
static vm_fault_t fault_doorbell(struct swaccel_queue *queue,
				 struct vm_fault *vmf)
{
	struct pt_regs *regs = current_pt_regs();
	struct swaccel_access access;
	u32 offset = vmf->real_address - vmf->vma->vm_start;
	int ret;

	/* Only an instruction of the thread itself can be decoded. */
	if (!(vmf->flags & FAULT_FLAG_USER) ||
	    (vmf->flags & FAULT_FLAG_REMOTE) || current->flags & PF_KTHREAD)
		return VM_FAULT_SIGBUS;
	ret = swaccel_decode(regs, &access);
	if (ret == -EAGAIN)
		return fetch_code(vmf, regs);
	if (ret || offset % access.instruction.size ||
	    access.instruction.store != !!(vmf->flags & FAULT_FLAG_WRITE))
		return VM_FAULT_SIGBUS;
	if (access.instruction.store)
		store(queue, offset, &access);
	else
		swaccel_finish_load(regs, &access, 0);
	swaccel_skip(regs, &access);
	return VM_FAULT_NOPAGE;
}

int swaccel_map_doorbell(struct swaccel_queue *queue,
			 struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_SHARED) ||
	    vma_pages(vma) > queue->format->doorbell_pages)
		return -EINVAL;
	/* VM_IO: get_user_pages() and core dumps keep away from it. */
	vm_flags_set(vma, VM_IO | VM_DONTDUMP);
	return swaccel_map_region(queue, vma, fault_doorbell);
}
