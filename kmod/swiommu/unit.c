// SPDX-License-Identifier: GPL-2.0
/* The IOMMU itself, as the kernel's IOMMU core sees it. */
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "internal.h"

struct platform_device *swiommu_unit_device;
static struct iommu_device unit;

static int attach_dev(struct iommu_domain *domain, struct device *dev)
{
	return 0;
}

static const struct iommu_domain_ops static_domain_ops = {
	.attach_dev	= attach_dev,
};

/* The devices make no DMA without a PASID, so both need no work. */
static struct iommu_domain identity_domain = {
	.type	= IOMMU_DOMAIN_IDENTITY,
	.ops	= &static_domain_ops,
};

static struct iommu_domain blocked_domain = {
	.type	= IOMMU_DOMAIN_BLOCKED,
	.ops	= &static_domain_ops,
};

static bool device_capable(struct device *dev, enum iommu_cap cap)
{
	return cap == IOMMU_CAP_CACHE_COHERENCY;
}

static struct iommu_device *probe_device(struct device *dev)
{
	/* Asked only for devices whose fwspec names a unit of ours. */
	return dev_iommu_priv_get(dev) ?: ERR_PTR(-ENODEV);
}

static void probe_finalize(struct device *dev)
{
	/* There is no PCI capability or firmware property to take it from. */
	dev->iommu->max_pasids = 1U << SWIOMMU_PASID_BITS;
}

static void release_device(struct device *dev)
{
}

static int def_domain_type(struct device *dev)
{
	return IOMMU_DOMAIN_IDENTITY;
}

static int change_feature(struct device *dev, enum iommu_dev_features feature)
{
	if (feature == IOMMU_DEV_FEAT_SVA || feature == IOMMU_DEV_FEAT_IOPF)
		return 0;
	return -ENODEV;
}

static void remove_dev_pasid(struct device *dev, ioasid_t pasid,
			     struct iommu_domain *domain)
{
	swiommu_block_domain(domain);
}

const struct iommu_ops swiommu_ops = {
	.owner			= THIS_MODULE,
	.capable		= device_capable,
	.domain_alloc_sva	= swiommu_alloc_domain,
	.probe_device		= probe_device,
	.probe_finalize		= probe_finalize,
	.release_device		= release_device,
	.device_group		= generic_device_group,
	.def_domain_type	= def_domain_type,
	.dev_enable_feat	= change_feature,
	.dev_disable_feat	= change_feature,
	.remove_dev_pasid	= remove_dev_pasid,
	.identity_domain	= &identity_domain,
	.blocked_domain		= &blocked_domain,
	.release_domain		= &blocked_domain,
	.pgsize_bitmap		= PAGE_SIZE,
};

/*
 * iommu_fwspec_init() asserts a lock of the IOMMU core that is not exported,
 * because two could meet. Nobody else assigns an IOMMU to this device, so its
 * fields are filled in without any lock, with the layout that <linux/iommu.h>
 * gives; the core frees them with the device.
 */
int swiommu_assign(struct device *dev, struct iommu_device *iommu)
{
	struct iommu_fwspec *fwspec;
	struct dev_iommu *param;

	param = kzalloc(sizeof(*param), GFP_KERNEL);
	fwspec = kzalloc(struct_size(fwspec, ids, 1), GFP_KERNEL);
	if (!param || !fwspec) {
		kfree(param);
		kfree(fwspec);
		return -ENOMEM;
	}
	mutex_init(&param->lock);
	fwspec->iommu_fwnode = fwnode_handle_get(iommu->fwnode);
	param->fwspec = fwspec;
	param->priv = iommu;
	/* The core may be looking: it sees nothing or all. */
	smp_store_release(&dev->iommu, param);
	return 0;
}

int swiommu_adopt_device(struct device *dev)
{
	if (WARN_ON(device_is_registered(dev) || dev->iommu))
		return -EINVAL;
	return swiommu_assign(dev, &unit);
}
EXPORT_SYMBOL_GPL(swiommu_adopt_device);

void swiommu_disown_device(struct device *dev)
{
	/* A failed device_add() may have let the core free it. */
	if (!dev->iommu)
		return;
	iommu_fwspec_free(dev);
	kfree(dev->iommu);
	dev->iommu = NULL;
}
EXPORT_SYMBOL_GPL(swiommu_disown_device);

static int __init swiommu_init(void)
{
	/* A firmware node of its own: without one it would claim all devices. */
	static const struct property_entry properties[] = {
		PROPERTY_ENTRY_STRING("compatible", "nacelle,swiommu"),
		{ }
	};
	const struct platform_device_info info = {
		.name		= "swiommu",
		.id		= PLATFORM_DEVID_NONE,
		.properties	= properties,
	};
	int ret;

	swiommu_unit_device = platform_device_register_full(&info);
	if (IS_ERR(swiommu_unit_device))
		return PTR_ERR(swiommu_unit_device);
	ret = iommu_device_sysfs_add(&unit, &swiommu_unit_device->dev, NULL, "swiommu");
	if (ret)
		goto remove_device;
	identity_domain.owner = &swiommu_ops;
	blocked_domain.owner = &swiommu_ops;
	ret = iommu_device_register(&unit, &swiommu_ops, &swiommu_unit_device->dev);
	if (ret)
		goto remove_sysfs;
	return 0;

remove_sysfs:
	iommu_device_sysfs_remove(&unit);
remove_device:
	platform_device_unregister(swiommu_unit_device);
	return ret;
}

static void __exit swiommu_exit(void)
{
	iommu_device_unregister(&unit);
	iommu_device_sysfs_remove(&unit);
	platform_device_unregister(swiommu_unit_device);
}

module_init(swiommu_init);
module_exit(swiommu_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Nacelle authors");
MODULE_DESCRIPTION("Software IOMMU: shared virtual addressing for software accelerators");
