// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/probe/probe.h"
#include "core/model/hardware.h"

namespace nacelle {

// The kernel's class of compute accelerators (Documentation/accel/introduction.rst):
// every device of it, whatever its driver, as npu_<driver>. What it computes is
// in hardware.yaml by PCI id or driver, else not known. The driver's own status
// (Documentation/ABI/testing/sysfs-driver-habanalabs) decides its health.
class AccelProbe final : public Probe {
 public:
  // `table` outlives the probe.
  explicit AccelProbe(const HardwareTable& table) : table_(table) {}
  std::string_view family() const override { return "accel"; }
  Result<Findings> Scan(const HostRoot& host) const override;
  std::vector<std::string_view> subsystems() const override { return {"accel"}; }

 private:
  const HardwareTable& table_;
};

}  // namespace nacelle
