// SPDX-License-Identifier: GPL-2.0
/*
 * Devices with the names of real hardware, for its unmodified programs. They
 * exist only where somebody asked for them, and never beside the real ones:
 * no program would know which is which. Where those come later, the devices
 * that are there step back: they are isolated, and no queue opens.
 */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>

#include "device.h"
#include "engine.h"

static bool hisi;
module_param(hisi, bool, 0444);
MODULE_PARM_DESC(hisi, "allow devices named hisi_zip and hisi_sec2, where no real ones are");

static const struct pci_device_id real[] = {
	{ PCI_VDEVICE(HUAWEI, 0xa250) },	/* ZIP */
	{ PCI_VDEVICE(HUAWEI, 0xa251) },
	{ PCI_VDEVICE(HUAWEI, 0xa255) },	/* SEC */
	{ PCI_VDEVICE(HUAWEI, 0xa256) },
	{ PCI_VDEVICE(HUAWEI, 0xa258) },	/* HPRE */
	{ PCI_VDEVICE(HUAWEI, 0xa259) },
	{ }
};

static const char *const real_drivers[] = {
	"hisi_zip", "hisi_sec2", "hisi_hpre",
};

/* Return: what real thing there is, or NULL. */
static const char *find_real(void)
{
	unsigned int i;

	if (pci_dev_present(real))
		return "a HiSilicon accelerator";
	for (i = 0; i < ARRAY_SIZE(real_drivers); i++)
		if (driver_find(real_drivers[i], &pci_bus_type))
			return "a driver of HiSilicon's accelerators";
	return NULL;
}

const char *swaccel_owner(const struct swaccel_engine *engine)
{
	return engine->borrowed ? find_real() : NULL;
}

bool swaccel_may_borrow(const char *name)
{
	const char *there;

	if (!hisi) {
		pr_err("swaccel: %s: load swaccel with hisi=1 for devices of real hardware's names\n",
		       name);
		return false;
	}
	there = find_real();
	if (there)
		pr_err("swaccel: %s: refused, %s is here\n", name, there);
	return !there;
}
