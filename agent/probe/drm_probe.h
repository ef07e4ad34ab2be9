// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/probe/probe.h"
#include "core/model/hardware.h"

namespace nacelle {

// Render nodes of the DRM class (Documentation/gpu/drm-uapi.rst): GPUs as the
// kernel's own drivers show them. Offered only when a policy selects them,
// because a GPU usually has a device plugin of its own.
class DrmProbe final : public Probe {
 public:
  // `table` outlives the probe.
  explicit DrmProbe(const HardwareTable& table) : table_(table) {}
  std::string_view family() const override { return "drm"; }
  Result<Findings> Scan(const HostRoot& host) const override;
  std::vector<std::string_view> subsystems() const override { return {"drm"}; }

 private:
  const HardwareTable& table_;
};

}  // namespace nacelle
