// SPDX-License-Identifier: GPL-2.0
/* Address spaces: domains of the IOMMU core, and accesses through them. */
#include <linux/kthread.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "internal.h"

static void free_space(struct kref *references)
{
	kfree(container_of(references, struct swiommu_space, references));
}

void swiommu_put_space(struct swiommu_space *space)
{
	kref_put(&space->references, free_space);
}
EXPORT_SYMBOL_GPL(swiommu_put_space);

static int set_dev_pasid(struct iommu_domain *domain, struct device *dev,
			 ioasid_t pasid, struct iommu_domain *old)
{
	return 0;
}

static void free_domain(struct iommu_domain *domain)
{
	swiommu_put_space(to_space(domain));
}

static const struct iommu_domain_ops space_domain_ops = {
	.set_dev_pasid	= set_dev_pasid,
	.free		= free_domain,
};

struct iommu_domain *swiommu_alloc_domain(struct device *dev,
					  struct mm_struct *mm)
{
	struct swiommu_space *space;

	space = kzalloc(sizeof(*space), GFP_KERNEL_ACCOUNT);
	if (!space)
		return ERR_PTR(-ENOMEM);
	kref_init(&space->references);
	init_rwsem(&space->accesses);
	space->domain.type = IOMMU_DOMAIN_SVA;
	space->domain.ops = &space_domain_ops;
	space->domain.owner = &swiommu_ops;
	mmgrab(mm);
	space->domain.mm = mm;
	return &space->domain;
}

void swiommu_block_domain(struct iommu_domain *domain)
{
	struct swiommu_space *space = to_space(domain);

	down_write(&space->accesses);
	space->blocked = true;
	up_write(&space->accesses);
}

/**
 * struct access - what is left of a copy
 * @data: in the kernel
 * @address: in the address space
 * @length: bytes
 * @write: from @data, else to it
 */
struct access {
	void *data;
	u64 address;
	size_t length;
	bool write;
};

/* In a row, without a byte in between: somebody takes the pages away. */
#define MAX_VAIN_FAULTS	1000

/*
 * The address space is held for one access only, and released by
 * mmput_async(): the last mmput() would run exit_mmap() here, which closes
 * mappings and takes locks that the detaching side holds.
 */
static int enter(struct swiommu_space *space)
{
	bool entered;

	down_read(&space->accesses);
	entered = !space->blocked && mmget_not_zero(space->domain.mm);
	up_read(&space->accesses);
	if (!entered)
		return -ESRCH;
	kthread_use_mm(space->domain.mm);
	return 0;
}

static void leave(struct swiommu_space *space)
{
	kthread_unuse_mm(space->domain.mm);
	mmput_async(space->domain.mm);
}

/*
 * Copies what is there, without a page fault, so that draining never waits for
 * one. Return: bytes that are left, or -ESRCH.
 */
static ssize_t copy_present(struct swiommu_space *space,
			    const struct access *access)
{
	void __user *user = u64_to_user_ptr(access->address);
	ssize_t left = -ESRCH;

	down_read(&space->accesses);
	if (!space->blocked) {
		pagefault_disable();
		if (access->write)
			left = __copy_to_user_inatomic(user, access->data,
						       access->length);
		else
			left = __copy_from_user_inatomic(access->data, user,
							 access->length);
		pagefault_enable();
	}
	up_read(&space->accesses);
	return left;
}

/*
 * Nothing that others wait for is held here: a page that user space itself
 * serves (FUSE, userfaultfd) may never come. Return: whether a page came.
 */
static bool fault_in(const struct access *access)
{
	char __user *user = u64_to_user_ptr(access->address);
	size_t missing;

	if (access->write)
		missing = fault_in_safe_writeable(user, access->length);
	else
		missing = fault_in_readable(user, access->length);
	return missing < access->length && !fatal_signal_pending(current);
}

static int copy(struct swiommu_space *space, struct access *access)
{
	unsigned int vain = 0;
	ssize_t left;
	size_t done;

	if (!access_ok(u64_to_user_ptr(access->address), access->length))
		return -EFAULT;
	while ((left = copy_present(space, access)) > 0) {
		done = access->length - left;
		access->data += done;
		access->address += done;
		access->length = left;
		vain = done ? 0 : vain + 1;
		if (vain > MAX_VAIN_FAULTS || !fault_in(access))
			return -EFAULT;
	}
	return left;
}

static int run(struct swiommu_space *space, struct access access)
{
	int ret;

	if (WARN_ON_ONCE(access.length > SWIOMMU_MAX_ACCESS))
		return -EINVAL;
	ret = enter(space);
	if (ret)
		return ret;
	ret = copy(space, &access);
	leave(space);
	return ret;
}

int swiommu_read(struct swiommu_space *space, void *to, u64 address,
		 size_t length)
{
	return run(space, (struct access) {
		.data		= to,
		.address	= address,
		.length		= length,
	});
}
EXPORT_SYMBOL_GPL(swiommu_read);

int swiommu_write(struct swiommu_space *space, u64 address, const void *from,
		  size_t length)
{
	return run(space, (struct access) {
		.data		= (void *)from,
		.address	= address,
		.length		= length,
		.write		= true,
	});
}
EXPORT_SYMBOL_GPL(swiommu_write);
