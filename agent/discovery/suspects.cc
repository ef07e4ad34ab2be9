// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/suspects.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace nacelle {

bool ConcernsMemory(const Uevent& event) {
  static constexpr std::array<std::string_view, 6> kMemory = {"cpu", "node",          "memory",
                                                              "cxl", "memory_tiering", "dax"};
  return std::find(kMemory.begin(), kMemory.end(), event.subsystem) != kMemory.end();
}

void AddSuspects(const Uevent& event, const std::vector<std::unique_ptr<const Probe>>& probes, Suspects& suspects) {
  suspects.memory = suspects.memory || ConcernsMemory(event);
  suspects.unclaimed = suspects.unclaimed || event.subsystem == "pci";
  // What an IOMMU comes to translate may be any family's.
  suspects.everything = suspects.everything || event.subsystem == "iommu";
  bool is_known = false;
  for (const auto& probe : probes) {
    const auto named = probe->subsystems();
    if (std::find(named.begin(), named.end(), event.subsystem) == named.end()) continue;
    suspects.families.emplace(probe->family());
    is_known = true;
  }
  if (is_known) suspects.paths.push_back("/sys" + event.devpath);
}

}  // namespace nacelle
