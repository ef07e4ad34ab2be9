// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/probe/probe.h"
#include "core/model/hardware.h"

namespace nacelle {

// Engines for gzip whose driver has a class of its own: IBM's PCI card genwqe
// (drivers/misc/genwqe, Documentation/ABI/testing/sysfs-driver-genwqe) and the engine of
// POWER9 and later (Documentation/arch/powerpc/vas-api.rst).
class ZipProbe final : public Probe {
 public:
  // `table` outlives the probe.
  explicit ZipProbe(const HardwareTable& table) : table_(table) {}
  std::string_view family() const override { return "zip"; }
  Result<Findings> Scan(const HostRoot& host) const override;
  std::vector<std::string_view> subsystems() const override { return {"genwqe", "nx-gzip"}; }

 private:
  const HardwareTable& table_;
};

}  // namespace nacelle
