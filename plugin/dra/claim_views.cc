// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim_views.h"

namespace nacelle {
namespace {

bool IsUsed(const AllocatedClaim& claim, const AllocatedDevice& device, const std::vector<ClaimUse>& container) {
  for (const auto& use : container) {
    if (use.claim == claim.ref.name && (use.request.empty() || use.request == device.request)) return true;
  }
  return false;
}

std::set<DevicePlace> DevicesOf(const std::vector<AllocatedClaim>& claims, const std::vector<ClaimUse>* container) {
  std::set<DevicePlace> places;
  for (std::size_t c = 0; c < claims.size(); ++c) {
    if (!claims[c].is_pods_own) continue;
    for (std::size_t d = 0; d < claims[c].devices.size(); ++d) {
      if (container == nullptr || IsUsed(claims[c], claims[c].devices[d], *container)) places.insert({c, d});
    }
  }
  return places;
}

// What each device shows without any container.
std::vector<std::set<DevicePlace>> OwnViews(const AllocatedClaim& claim, std::size_t number) {
  std::set<DevicePlace> all;
  std::vector<std::set<DevicePlace>> alone;
  for (std::size_t d = 0; d < claim.devices.size(); ++d) {
    all.insert({number, d});
    alone.push_back({{number, d}});
  }
  return claim.is_pods_own ? alone : std::vector(claim.devices.size(), all);
}

}  // namespace

std::vector<std::vector<std::set<DevicePlace>>> PlanViews(const std::vector<AllocatedClaim>& claims,
                                                          const std::optional<PodUses>& uses) {
  std::vector<std::vector<std::set<DevicePlace>>> views;
  for (std::size_t c = 0; c < claims.size(); ++c) views.push_back(OwnViews(claims[c], c));
  std::vector<std::set<DevicePlace>> containers;
  if (uses) {
    for (const auto& container : *uses) containers.push_back(DevicesOf(claims, &container));
  } else {
    containers.push_back(DevicesOf(claims, nullptr));
  }
  for (const auto& container : containers) {
    for (const auto& place : container) views[place.claim][place.device].insert(container.begin(), container.end());
  }
  return views;
}

}  // namespace nacelle
