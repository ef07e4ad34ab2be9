// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/host/host_root.h"
#include "core/model/inventory.h"

namespace nacelle {

// The PCI or platform device that an accelerator's class device belongs to.
struct ParentDevice {
  std::string path;    // real path below /sys/devices
  std::string name;    // PCI address or platform device name
  std::string vendor;  // PCI ids in four hex digits, else empty
  std::string device;
  std::string driver;
  std::string iommu_group;  // empty: none
  std::optional<int> numa;  // its own, or that of the nearest device above
  std::vector<Problem> problems;
};

// Reads the device at `path`, a real path below /sys/devices. What is absent
// stays empty; what cannot be read is a problem.
ParentDevice ReadParentDevice(const HostRoot& host, const std::string& path);

}  // namespace nacelle
