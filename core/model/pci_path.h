// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace nacelle {

// Whether a name below /sys/devices is a PCI root bus: "pci0000:40", and "pci10000:e0"
// behind a VMD controller (drivers/pci/probe.c).
bool IsPciRoot(std::string_view name);

// Where the name of the last root bus on the way to a device ends, which is where its
// devices begin; npos for what is no PCI device. The first root bus is not always at
// the top: /sys/devices/platform/40000000.pcie/pci0000:00 comes from a device tree.
std::size_t PciRootEnd(std::string_view path);

}  // namespace nacelle
