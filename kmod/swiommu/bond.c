// SPDX-License-Identifier: GPL-2.0
/*
 * Bonds between devices and processes, in a table of our own:
 * iommu_sva_bind_device() is refused on x86, and mm->iommu_mm is left to it.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "internal.h"

/**
 * struct bond - one process bound to one device
 * @node: in bonds
 * @dev: the device
 * @domain: the process's address space as that device sees it
 * @pasid: one a process, whatever the device
 * @users: queues that share the bond
 */
struct bond {
	struct list_head node;
	struct device *dev;
	struct iommu_domain *domain;
	u32 pasid;
	unsigned int users;
};

static LIST_HEAD(bonds);
static DEFINE_MUTEX(bonds_lock);

static struct bond *to_bond(struct iommu_sva *handle)
{
	return (struct bond *)handle;
}

static struct bond *find_bond(struct device *dev, struct mm_struct *mm)
{
	struct bond *bond;

	list_for_each_entry(bond, &bonds, node)
		if (bond->dev == dev && bond->domain->mm == mm)
			return bond;
	return NULL;
}

static bool find_pasid(struct mm_struct *mm, u32 *pasid)
{
	struct bond *bond;

	list_for_each_entry(bond, &bonds, node) {
		if (bond->domain->mm == mm) {
			*pasid = bond->pasid;
			return true;
		}
	}
	return false;
}

static int get_pasid(struct device *dev, struct mm_struct *mm, u32 *pasid)
{
	if (find_pasid(mm, pasid))
		return 0;
	*pasid = iommu_alloc_global_pasid(dev);
	return *pasid == IOMMU_PASID_INVALID ? -ENOSPC : 0;
}

/* Frees @pasid unless another bond of the same process uses it. */
static void put_pasid(struct mm_struct *mm, u32 pasid)
{
	u32 other;

	if (!find_pasid(mm, &other))
		iommu_free_global_pasid(pasid);
}

static int attach(struct bond *bond, struct mm_struct *mm)
{
	int ret;

	bond->domain = swiommu_alloc_domain(bond->dev, mm);
	if (IS_ERR(bond->domain))
		return PTR_ERR(bond->domain);
	ret = get_pasid(bond->dev, mm, &bond->pasid);
	if (ret)
		goto free_domain;
	ret = iommu_attach_device_pasid(bond->domain, bond->dev, bond->pasid,
					NULL);
	if (ret)
		goto free_pasid;
	return 0;

free_pasid:
	put_pasid(mm, bond->pasid);
free_domain:
	iommu_domain_free(bond->domain);
	return ret;
}

static struct bond *create_bond(struct device *dev, struct mm_struct *mm)
{
	struct bond *bond;
	int ret;

	bond = kzalloc(sizeof(*bond), GFP_KERNEL_ACCOUNT);
	if (!bond)
		return ERR_PTR(-ENOMEM);
	bond->dev = dev;
	ret = attach(bond, mm);
	if (ret) {
		kfree(bond);
		return ERR_PTR(ret);
	}
	list_add(&bond->node, &bonds);
	return bond;
}

struct iommu_sva *swiommu_bind_device(struct device *dev, struct mm_struct *mm)
{
	struct bond *bond;

	mutex_lock(&bonds_lock);
	bond = find_bond(dev, mm);
	if (!bond)
		bond = create_bond(dev, mm);
	if (!IS_ERR(bond))
		bond->users++;
	mutex_unlock(&bonds_lock);
	return (struct iommu_sva *)bond;
}
EXPORT_SYMBOL_GPL(swiommu_bind_device);

void swiommu_unbind_device(struct iommu_sva *handle)
{
	struct bond *bond = to_bond(handle);

	mutex_lock(&bonds_lock);
	if (--bond->users) {
		mutex_unlock(&bonds_lock);
		return;
	}
	list_del(&bond->node);
	iommu_detach_device_pasid(bond->domain, bond->dev, bond->pasid);
	put_pasid(bond->domain->mm, bond->pasid);
	mutex_unlock(&bonds_lock);
	iommu_domain_free(bond->domain);
	kfree(bond);
}
EXPORT_SYMBOL_GPL(swiommu_unbind_device);

u32 swiommu_get_pasid(struct iommu_sva *handle)
{
	return to_bond(handle)->pasid;
}
EXPORT_SYMBOL_GPL(swiommu_get_pasid);

struct swiommu_space *swiommu_get_space(struct device *dev, u32 pasid)
{
	struct swiommu_space *space = ERR_PTR(-ESRCH);
	struct bond *bond;

	mutex_lock(&bonds_lock);
	list_for_each_entry(bond, &bonds, node) {
		if (bond->dev != dev || bond->pasid != pasid)
			continue;
		space = to_space(bond->domain);
		kref_get(&space->references);
		break;
	}
	mutex_unlock(&bonds_lock);
	return space;
}
EXPORT_SYMBOL_GPL(swiommu_get_space);
