// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/probe/probe.h"
#include "core/model/hardware.h"

namespace nacelle {

// Functions under the kernel's uacce framework (drivers/misc/uacce): Kunpeng's
// zip, sec and hpre, the software accelerator. One device node a function. Some
// kernels negotiate shared addresses and refuse every bind, which only open()
// would show: the table says which.
class UacceProbe final : public Probe {
 public:
  // `table` outlives the probe.
  explicit UacceProbe(const HardwareTable& table) : table_(table) {}
  std::string_view family() const override { return "uacce"; }
  Result<Findings> Scan(const HostRoot& host) const override;
  std::vector<std::string_view> subsystems() const override { return {"uacce"}; }
  Result<Findings> Rescan(const HostRoot& host, const Findings& last,
                          const std::vector<std::string>& changed) const override;

 private:
  const HardwareTable& table_;
};

}  // namespace nacelle
