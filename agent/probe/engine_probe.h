// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/probe/probe.h"
#include "core/model/hardware.h"

namespace nacelle {

// Engines that the kernel keeps for its crypto API (Documentation/crypto):
// devices of the drivers in hardware.yaml, shown as facts and never offered.
// A device that its driver also gives to user space under uacce is that
// family's.
class EngineProbe final : public Probe {
 public:
  // `table` outlives the probe.
  explicit EngineProbe(const HardwareTable& table) : table_(table) {}
  std::string_view family() const override { return "crypto"; }
  Result<Findings> Scan(const HostRoot& host) const override;
  std::vector<std::string_view> subsystems() const override;
  Result<Findings> Rescan(const HostRoot& host, const Findings& last,
                          const std::vector<std::string>& changed) const override;

 private:
  const HardwareTable& table_;
};

}  // namespace nacelle
