/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The software IOMMU: devices that are software reach a process's memory
 * through it, by device and PASID, as hardware does by shared virtual
 * addressing.
 */
#ifndef _SWIOMMU_H
#define _SWIOMMU_H

#include <linux/types.h>

struct device;
struct iommu_sva;
struct mm_struct;
struct swiommu_space;

/* Most bytes of one access. */
#define SWIOMMU_MAX_ACCESS	65536

/**
 * swiommu_adopt_device() - put a device behind the software IOMMU
 * @dev: a device that device_add() has not seen yet
 *
 * Return: 0, or a negative errno.
 */
int swiommu_adopt_device(struct device *dev);

/**
 * swiommu_disown_device() - undo swiommu_adopt_device()
 * @dev: a device whose device_add() failed or was not called
 */
void swiommu_disown_device(struct device *dev);

/**
 * swiommu_attach_device() - put a device that is being bound behind the IOMMU
 * @dev: known to the kernel, behind no IOMMU yet; its driver manages DMA
 *	itself, and calls this in its probe function
 *
 * Undone after the driver's remove function.
 *
 * Return: 0, -EBUSY when another IOMMU has it, or a negative errno.
 */
int swiommu_attach_device(struct device *dev);

/* What uacce.c calls in place of iommu_sva_*(); see uacce/shim.h. */
struct iommu_sva *swiommu_bind_device(struct device *dev, struct mm_struct *mm);
void swiommu_unbind_device(struct iommu_sva *handle);
u32 swiommu_get_pasid(struct iommu_sva *handle);

/**
 * swiommu_get_space() - find the address space that a PASID names
 * @dev: the device that will access it
 * @pasid: of a bond that exists
 *
 * Return: a reference, for swiommu_put_space(), or an ERR_PTR. It may outlive
 * the bond; accesses then fail with -ESRCH.
 */
struct swiommu_space *swiommu_get_space(struct device *dev, u32 pasid);
void swiommu_put_space(struct swiommu_space *space);

/**
 * swiommu_read() - copy from an address space
 * @space: by swiommu_get_space()
 * @to: kernel memory
 * @address: in the address space; pages that are not there are faulted in
 * @length: at most SWIOMMU_MAX_ACCESS
 *
 * Kernel threads only: the calling thread lives in the address space
 * meanwhile.
 *
 * Return: 0, -EFAULT, or -ESRCH when the bond or the process is gone.
 */
int swiommu_read(struct swiommu_space *space, void *to, u64 address,
		 size_t length);

/* swiommu_write() - copy to an address space; else as swiommu_read(). */
int swiommu_write(struct swiommu_space *space, u64 address, const void *from,
		  size_t length);

#endif
