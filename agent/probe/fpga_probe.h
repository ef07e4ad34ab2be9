// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/probe/probe.h"
#include "core/model/hardware.h"

namespace nacelle {

// FPGAs of the kernel's FPGA framework (Documentation/driver-api/fpga,
// Documentation/ABI/testing/sysfs-class-fpga-region): the ports of DFL cards,
// each an AFU with a node of its own; and regions that have neither ports nor
// a node, shown with what is loaded (compat_id). Contents change without a
// uevent, so the caller must scan on an interval.
class FpgaProbe final : public Probe {
 public:
  // `table` outlives the probe.
  explicit FpgaProbe(const HardwareTable& table) : table_(table) {}
  std::string_view family() const override { return "fpga"; }
  Result<Findings> Scan(const HostRoot& host) const override;
  std::vector<std::string_view> subsystems() const override { return {"dfl", "fpga_bridge", "fpga_manager", "fpga_region"}; }

 private:
  const HardwareTable& table_;
};

}  // namespace nacelle
