// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "agent/host/host_root.h"
#include "core/base/result.h"
#include "core/model/inventory.h"

namespace nacelle {

// A device of one of the FPGA classes.
struct FpgaPart {
  std::string path;   // real path
  std::string state;  // manager: "operating", "write", …; bridge: "enabled", "disabled"
  std::string status;  // manager: what went wrong
};

// The managers and bridges of a machine (Documentation/ABI/testing/
// sysfs-class-fpga-manager and -bridge).
struct FpgaParts {
  std::vector<FpgaPart> managers;
  std::vector<FpgaPart> bridges;
};
Result<FpgaParts> ReadFpgaParts(const HostRoot& host, std::vector<Problem>& problems);

// The device that a part or region belongs to: the path before the first class
// folder. For DFL that is the card.
std::string BoardOf(const std::string& path);

// The device whose manager programs the region at `path`, which its other
// regions share; the region's own when there is no manager.
std::string CardOfRegion(const FpgaParts& parts, const std::string& path);

// Why the contents of the region at `path` cannot be used, as its managers and
// bridges have it: those of its own device and of the devices above it.
Health RegionHealth(const FpgaParts& parts, const std::string& path);

}  // namespace nacelle
