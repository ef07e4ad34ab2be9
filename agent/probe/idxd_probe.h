// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/probe/probe.h"
#include "core/model/hardware.h"

namespace nacelle {

// Intel's DSA and IAA (Documentation/ABI/stable/sysfs-driver-dma-idxd).
//
// A library must know how it submits, so the mode is part of the interface
// (dsa_shared, iaa_dedicated), though it belongs to the queue: a device is one
// function for each mode that it has user queues of, with ids of their own
// (idxd-0000-6a-01-0-shared). A device without user queues is one function
// without queues, whose note says what there is instead.
//
// The operations of a function are what each of its queues may do: op_cap, less
// what op_config takes away of any queue that is enabled. One that is not is
// shown, unhealthy. Only one program can have a dedicated queue open.
class IdxdProbe final : public Probe {
 public:
  // `table` outlives the probe.
  explicit IdxdProbe(const HardwareTable& table) : table_(table) {}
  std::string_view family() const override { return "idxd"; }
  Result<Findings> Scan(const HostRoot& host) const override;
  std::vector<std::string_view> subsystems() const override { return {"dsa"}; }
  Result<Findings> Rescan(const HostRoot& host, const Findings& last,
                          const std::vector<std::string>& changed) const override;

 private:
  const HardwareTable& table_;
};

}  // namespace nacelle
