// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/probe/probe.h"

namespace nacelle {

// Accelerator functional units behind OpenCAPI, of any kind (drivers/misc/ocxl,
// Documentation/ABI/testing/sysfs-class-ocxl, Documentation/userspace-api/accelerators/ocxl.rst).
// A program attaches its address space to a context of the unit.
class OcxlProbe final : public Probe {
 public:
  std::string_view family() const override { return "ocxl"; }
  Result<Findings> Scan(const HostRoot& host) const override;
  std::vector<std::string_view> subsystems() const override { return {"ocxl"}; }
};

}  // namespace nacelle
