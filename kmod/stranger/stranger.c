// SPDX-License-Identifier: GPL-2.0
/*
 * For tests, on x86: what makes the software accelerator step back. A PCI
 * function of HiSilicon's (device=0xa250) on a bus of its own, with nothing
 * behind its configuration space; a PCI driver of any name (driver=hisi_zip)
 * that takes no function.
 */
#include <linux/module.h>
#include <linux/numa.h>
#include <linux/pci.h>
#include <linux/unaligned.h>

static ushort device;
module_param(device, ushort, 0444);
MODULE_PARM_DESC(device, "device id of the function; 0, the default: none");

static char *driver;
module_param(driver, charp, 0444);
MODULE_PARM_DESC(driver, "name of the driver; default none");

static u8 config[256];

static int read_config(struct pci_bus *bus, unsigned int devfn, int where,
		       int size, u32 *value)
{
	*value = ~0;
	if (devfn || where + size > sizeof(config))
		return PCIBIOS_DEVICE_NOT_FOUND;
	*value = 0;
	memcpy(value, config + where, size);
	return PCIBIOS_SUCCESSFUL;
}

static int write_config(struct pci_bus *bus, unsigned int devfn, int where,
			int size, u32 value)
{
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops ops = {
	.read	= read_config,
	.write	= write_config,
};

static struct pci_sysdata sysdata = {
	.domain	= 0x4e41,
	.node	= NUMA_NO_NODE,
};

static struct resource numbers = {
	.name	= "stranger",
	.flags	= IORESOURCE_BUS,
};

static const struct pci_device_id none[] = { { } };

static struct pci_driver pci_driver = { .id_table = none };
static struct pci_bus *bus;

static void remove_bus(void)
{
	if (!bus)
		return;
	pci_lock_rescan_remove();
	pci_stop_root_bus(bus);
	pci_remove_root_bus(bus);
	pci_unlock_rescan_remove();
}

static int add_bus(void)
{
	LIST_HEAD(resources);

	put_unaligned_le16(PCI_VENDOR_ID_HUAWEI, config + PCI_VENDOR_ID);
	put_unaligned_le16(device, config + PCI_DEVICE_ID);
	/* A processing accelerator. */
	config[PCI_CLASS_DEVICE + 1] = 0x12;
	pci_add_resource(&resources, &numbers);
	bus = pci_scan_root_bus(NULL, 0, &ops, &sysdata, &resources);
	if (!bus) {
		pci_free_resource_list(&resources);
		return -ENODEV;
	}
	pci_bus_add_devices(bus);
	return 0;
}

static int __init stranger_init(void)
{
	int ret = device ? add_bus() : 0;

	if (ret || !driver)
		return ret;
	pci_driver.name = driver;
	ret = pci_register_driver(&pci_driver);
	if (ret)
		remove_bus();
	return ret;
}

static void __exit stranger_exit(void)
{
	if (driver)
		pci_unregister_driver(&pci_driver);
	remove_bus();
}

module_init(stranger_init);
module_exit(stranger_exit);
MODULE_DESCRIPTION("A PCI function or driver of a given name, for tests");
MODULE_LICENSE("GPL");
