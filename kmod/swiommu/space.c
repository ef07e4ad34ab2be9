// SPDX-License-Identifier: GPL-2.0
/* Address spaces: domains of the IOMMU core, and accesses through them. */
#include <linux/kthread.h>
#include <linux/sched/mm.h>
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

/*
 * The address space is held for one access only, and released by
 * mmput_async(): the last mmput() would run exit_mmap() here, which closes
 * mappings and takes locks that the detaching side holds.
 */
static int enter(struct swiommu_space *space)
{
	down_read(&space->accesses);
	if (!space->blocked && mmget_not_zero(space->domain.mm)) {
		kthread_use_mm(space->domain.mm);
		return 0;
	}
	up_read(&space->accesses);
	return -ESRCH;
}

static void leave(struct swiommu_space *space)
{
	kthread_unuse_mm(space->domain.mm);
	mmput_async(space->domain.mm);
	up_read(&space->accesses);
}

int swiommu_read(struct swiommu_space *space, void *to, u64 address,
		 size_t length)
{
	int ret;

	if (WARN_ON_ONCE(length > SWIOMMU_MAX_ACCESS))
		return -EINVAL;
	ret = enter(space);
	if (ret)
		return ret;
	if (copy_from_user(to, u64_to_user_ptr(address), length))
		ret = -EFAULT;
	leave(space);
	return ret;
}
EXPORT_SYMBOL_GPL(swiommu_read);

int swiommu_write(struct swiommu_space *space, u64 address, const void *from,
		  size_t length)
{
	int ret;

	if (WARN_ON_ONCE(length > SWIOMMU_MAX_ACCESS))
		return -EINVAL;
	ret = enter(space);
	if (ret)
		return ret;
	if (copy_to_user(u64_to_user_ptr(address), from, length))
		ret = -EFAULT;
	leave(space);
	return ret;
}
EXPORT_SYMBOL_GPL(swiommu_write);
