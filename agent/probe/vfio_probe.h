// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/probe/probe.h"
#include "core/model/hardware.h"

namespace nacelle {

// Devices that vfio gives to user space and no other family shows: each IOMMU
// group under /sys/class/vfio, and each iommufd device under /sys/class/vfio-dev
// (Documentation/driver-api/vfio.rst). A group is one queue, so several devices
// of one group are one function, named for the first. Offered only when a
// policy selects them: such a device may be meant for a virtual machine.
class VfioProbe final : public Probe {
 public:
  // `table` outlives the probe.
  explicit VfioProbe(const HardwareTable& table) : table_(table) {}
  std::string_view family() const override { return "vfio"; }
  Result<Findings> Scan(const HostRoot& host) const override;
  std::vector<std::string_view> subsystems() const override { return {"mdev", "pci", "vfio", "vfio-dev"}; }
  Result<Findings> Rescan(const HostRoot& host, const Findings& last,
                          const std::vector<std::string>& changed) const override;

 private:
  const HardwareTable& table_;
};

}  // namespace nacelle
