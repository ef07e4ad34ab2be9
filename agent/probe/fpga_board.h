// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
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
  std::string phandle;  // by which a device tree names it; empty without one
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

struct FpgaRegion {
  std::string path;  // real path
  // The manager and bridges that a device tree gives it
  // (Documentation/devicetree/bindings/fpga/fpga-region.yaml).
  std::set<std::string> phandles;
};
FpgaRegion ReadFpgaRegion(const HostRoot& host, const std::string& path);

// Whether `part` is the region's: of its own device, of one above it, or given to it.
bool Concerns(const FpgaPart& part, const FpgaRegion& region);

// What the state of a manager means for what it programs.
Health ManagerHealth(const FpgaPart& manager);

// The device whose manager programs the region, which its other regions share; the
// region's own when there is no manager.
std::string CardOfRegion(const FpgaParts& parts, const FpgaRegion& region);

// Why the contents of the region cannot be used, as its managers and bridges have it:
// those of its own device, of the devices above it, and what a device tree gives it.
Health RegionHealth(const FpgaParts& parts, const FpgaRegion& region);

}  // namespace nacelle
