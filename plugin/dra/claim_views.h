// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <set>
#include <vector>

#include "plugin/dra/claim.h"
#include "plugin/dra/pod_uses.h"

namespace nacelle {

// A device of a claim, by place: of the claim in a list, of the device in it.
struct DevicePlace {
  std::size_t claim = 0;
  std::size_t device = 0;

  auto operator<=>(const DevicePlace&) const = default;
};

// For each device of each claim, the devices that its view has to show. A
// device brings its view into each container that uses it, and of several views
// in one container one is seen: so each shows all devices of all containers
// that use its device. Without `uses` (what the pod's containers use is not
// known) each shows all there is. So it is among the claims that are the pod's
// own; a claim that further pods may join shows all its devices, and no others,
// whoever uses it.
std::vector<std::vector<std::set<DevicePlace>>> PlanViews(const std::vector<AllocatedClaim>& claims,
                                                          const std::optional<PodUses>& uses);

}  // namespace nacelle
