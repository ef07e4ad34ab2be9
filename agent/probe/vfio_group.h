// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "agent/host/host_root.h"
#include "core/model/function.h"
#include "core/model/hardware.h"

namespace nacelle {

// Whether a PCI driver gives its devices to user space through vfio: vfio-pci
// and its variants for one kind of device.
bool IsVfioDriver(const std::string& driver);

// Gives `function`, which a vfio driver holds, the queue by which a container
// reaches it: the group's node (/dev/vfio/<group>, noiommu-<group> without an
// IOMMU), the device's own (/dev/vfio/devices/vfio<N>) where iommufd gives
// one, and the nodes that all such queues share (Documentation/driver-api/vfio.rst).
// A group of which the kernel keeps a part cannot be used, and says so. Where the
// queue gives more than the function, or gives it all memory, it is offered only
// to a policy that selects it, and a note says what it gives. One program can have
// a group or device open.
void AddVfioQueue(const HostRoot& host, Function& function);

// What a program can do with a device that vfio hands over: drive it ("passthrough"), and
// what is known to be computed by it, if anything is.
void AddPassthrough(std::vector<std::string> known, Function& function);

// Whether programs drive such a device through vfio-pci only: virtual functions of QAT, and of
// engines that serve the kernel.
bool IsForVfio(const PciHardware& known);

// Why containers do not reach `function`, which they would reach through vfio-pci: a driver
// that serves the kernel holds it. `known` may have a word on how to bind it.
std::string HeldForKernel(const Function& function, const PciHardware* known);

// The IOMMU group that a uevent's path, real and below /sys/devices, concerns; empty: none.
// Groups are devices of their own, too (drivers/vfio/group.c): ".../vfio/noiommu-42".
std::string GroupAt(const HostRoot& host, const std::string& path);

// The paths of a uevent, real and below /sys/devices, with those of all devices of their
// IOMMU groups: each tells whether the others can be had.
std::vector<std::string> WithGroups(const HostRoot& host, const std::vector<std::string>& changed);

}  // namespace nacelle
