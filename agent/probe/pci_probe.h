// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/probe/probe.h"
#include "core/model/hardware.h"

namespace nacelle {

// PCI functions that hardware.yaml knows as accelerators and no driver holds
// (Documentation/ABI/testing/sysfs-bus-pci). They are shown under the family
// that would show them with a driver, and with the id that they would have,
// unhealthy: it is what people come looking for. What has a driver is the
// other probes', so nothing is shown twice.
class PciProbe final : public Probe {
 public:
  // `table` outlives the probe.
  explicit PciProbe(const HardwareTable& table) : table_(table) {}
  std::string_view family() const override { return "pci"; }
  Result<Findings> Scan(const HostRoot& host) const override;
  std::vector<std::string_view> subsystems() const override { return {"accel", "dfl", "drm", "dsa", "fpga_bridge", "fpga_manager", "fpga_region", "uacce"}; }
  Result<Findings> Rescan(const HostRoot& host, const Findings& last,
                          const std::vector<std::string>& changed) const override;

 private:
  const HardwareTable& table_;
};

}  // namespace nacelle
