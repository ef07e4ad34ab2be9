/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included before the kernel's own, unmodified uacce.c (compiler option
 * -include). The iommu_sva_*() functions refuse every bind on x86 kernels from
 * late 2025 on, so uacce.c gets those of the software IOMMU under the same
 * names. <linux/iommu.h> comes first, so that only calls are renamed.
 */
#ifndef _UACCE_SHIM_H
#define _UACCE_SHIM_H

#include <linux/iommu.h>
#include "../include/swiommu.h"

#define iommu_sva_bind_device	swiommu_bind_device
#define iommu_sva_unbind_device	swiommu_unbind_device
#define iommu_sva_get_pasid	swiommu_get_pasid

#endif
