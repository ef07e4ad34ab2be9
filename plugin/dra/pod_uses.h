// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/json/value.h"

namespace nacelle {

// One request of a claim that a container uses; an empty one: all of them.
struct ClaimUse {
  std::string claim;  // name of the ResourceClaim, in the pod's namespace
  std::string request;

  auto operator<=>(const ClaimUse&) const = default;
};

// What each container of a pod uses, init containers among them. Only those
// that use a claim.
using PodUses = std::vector<std::vector<ClaimUse>>;

// Reads a Pod (v1). kInvalid when it makes no sense.
Result<PodUses> ReadPodUses(const json::Value& pod);

}  // namespace nacelle
