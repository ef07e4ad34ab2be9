// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/probe/probe.h"
#include "core/model/hardware.h"

namespace nacelle {

// Mediated devices that somebody has made
// (Documentation/driver-api/vfio-mediated-device.rst): a part of a device,
// reached through vfio. Offered only when a policy selects them.
class MdevProbe final : public Probe {
 public:
  // `table` outlives the probe.
  explicit MdevProbe(const HardwareTable& table) : table_(table) {}
  std::string_view family() const override { return "mdev"; }
  Result<Findings> Scan(const HostRoot& host) const override;
  std::vector<std::string_view> subsystems() const override { return {"mdev"}; }

 private:
  const HardwareTable& table_;
};

}  // namespace nacelle
