// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/host/host_root.h"
#include "core/model/hardware.h"
#include "core/model/inventory.h"

namespace nacelle {

// The attributes of one device of the uacce class
// (Documentation/ABI/testing/sysfs-driver-uacce).
struct UacceAttributes {
  std::string api;
  std::vector<std::string> operations;  // normalised, sorted
  MemoryAccess access = MemoryAccess::kUnknown;
  bool no_iommu = false;  // as out-of-tree drivers say it
  std::optional<int> available;
  std::optional<DeviceNode> numbers;  // of "dev"; its path is empty
  bool isolated = false;
  bool stopped = false;  // by an error, as out-of-tree drivers say it
  // Why the device cannot be used, by what could not be read; empty: it can.
  std::string failure;
  std::vector<Problem> problems;
};

// `path` is the real path of the class device.
UacceAttributes ReadUacceAttributes(const HostRoot& host, const HardwareTable& table, const std::string& path);

}  // namespace nacelle
