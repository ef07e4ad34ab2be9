/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SWIOMMU_INTERNAL_H
#define _SWIOMMU_INTERNAL_H

#include <linux/iommu.h>
#include <linux/kref.h>
#include <linux/rwsem.h>

#include "../include/swiommu.h"

#define SWIOMMU_PASID_BITS	16

extern const struct iommu_ops swiommu_ops;
/* The parent of all units in sysfs. */
extern struct platform_device *swiommu_unit_device;

/* Names @iommu, by its firmware node, as that of @dev, which has none. */
int swiommu_assign(struct device *dev, struct iommu_device *iommu);

/**
 * struct swiommu_space - one process's memory as one device sees it
 * @domain: what the IOMMU core attaches; holds the mm_struct
 * @references: the core's, and those of swiommu_get_space()
 * @accesses: read-locked while bytes are copied, but not while a page is faulted
 *	in; taking it for writing drains the copies
 * @blocked: the PASID is detached, nothing may be accessed any more
 */
struct swiommu_space {
	struct iommu_domain domain;
	struct kref references;
	struct rw_semaphore accesses;
	bool blocked;
};

static inline struct swiommu_space *to_space(struct iommu_domain *domain)
{
	return container_of(domain, struct swiommu_space, domain);
}

/* Return: a domain that iommu_domain_free() ends, or an ERR_PTR. */
struct iommu_domain *swiommu_alloc_domain(struct device *dev,
					  struct mm_struct *mm);

/* Ends all accesses through @domain, waiting for those under way. */
void swiommu_block_domain(struct iommu_domain *domain);

#endif
