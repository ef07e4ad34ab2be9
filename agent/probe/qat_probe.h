// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/probe/probe.h"
#include "core/model/hardware.h"

namespace nacelle {

// Intel's QAT (Documentation/ABI/testing/sysfs-driver-qat and debugfs-driver-qat).
// The physical function serves the kernel, and is shown without queues; its
// virtual functions go to containers through vfio. Their interface is the
// services that the device is configured for, sorted (qat_asym_sym); plain
// "qat" where it does not say. A virtual function without a driver is the PCI
// probe's.
class QatProbe final : public Probe {
 public:
  // `table` outlives the probe.
  explicit QatProbe(const HardwareTable& table) : table_(table) {}
  std::string_view family() const override { return "qat"; }
  Result<Findings> Scan(const HostRoot& host) const override;
  std::vector<std::string_view> subsystems() const override { return {"pci", "vfio", "vfio-dev"}; }
  Result<Findings> Rescan(const HostRoot& host, const Findings& last,
                          const std::vector<std::string>& changed) const override;

 private:
  const HardwareTable& table_;
};

}  // namespace nacelle
