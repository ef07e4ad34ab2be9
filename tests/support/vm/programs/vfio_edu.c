/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens the vfio group that it is given and computes a factorial on QEMU's
 * educational PCI device (docs/specs/edu): what a user-space driver does.
 *
 * vfio-edu /dev/vfio/GROUP 0000:c1:00.0 prints "5! = 120".
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

enum {
	EDU_IDENTIFICATION = 0x00,
	EDU_FACTORIAL = 0x08,
	EDU_STATUS = 0x20,
	EDU_COMPUTING = 0x01,
	ARGUMENT = 5,
};

static int fail(const char *what)
{
	fprintf(stderr, "vfio-edu: %s: %s\n", what, strerror(errno));
	return -1;
}

/* A descriptor of the device, whose group the IOMMU confines to us. */
static int open_device(const char *node, const char *address)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	int container, group;

	container = open("/dev/vfio/vfio", O_RDWR);
	if (container < 0)
		return fail("/dev/vfio/vfio");
	group = open(node, O_RDWR);
	if (group < 0)
		return fail(node);
	if (ioctl(group, VFIO_GROUP_GET_STATUS, &status) < 0)
		return fail("VFIO_GROUP_GET_STATUS");
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE)) {
		errno = EBUSY;
		return fail("the kernel keeps a device of the group");
	}
	if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) < 0)
		return fail("VFIO_GROUP_SET_CONTAINER");
	if (ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) < 0)
		return fail("VFIO_SET_IOMMU");
	return ioctl(group, VFIO_GROUP_GET_DEVICE_FD, address);
}

static volatile uint32_t *map_registers(int device)
{
	struct vfio_region_info info = {
		.argsz = sizeof(info),
		.index = VFIO_PCI_BAR0_REGION_INDEX,
	};
	void *registers;

	if (ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &info) < 0) {
		fail("VFIO_DEVICE_GET_REGION_INFO");
		return NULL;
	}
	registers = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 device, info.offset);
	if (registers == MAP_FAILED) {
		fail("mmap");
		return NULL;
	}
	return registers;
}

static int compute(volatile uint32_t *registers)
{
	uint32_t id = registers[EDU_IDENTIFICATION / 4];
	long looks;

	/* 0xRRrr00ed: its version, and what it is. */
	if ((id & 0xffff) != 0x00ed) {
		fprintf(stderr, "vfio-edu: no edu device: %08x\n", id);
		return -1;
	}
	registers[EDU_FACTORIAL / 4] = ARGUMENT;
	for (looks = 0; looks < 100000000; looks++)
		if (!(registers[EDU_STATUS / 4] & EDU_COMPUTING))
			break;
	printf("%d! = %u\n", ARGUMENT, registers[EDU_FACTORIAL / 4]);
	return 0;
}

int main(int argc, char **argv)
{
	volatile uint32_t *registers;
	int device;

	if (argc != 3) {
		fprintf(stderr, "usage: vfio-edu /dev/vfio/GROUP ADDRESS\n");
		return 2;
	}
	device = open_device(argv[1], argv[2]);
	if (device < 0) {
		fail(argv[2]);
		return 1;
	}
	registers = map_registers(device);
	return registers && !compute(registers) ? 0 : 1;
}
