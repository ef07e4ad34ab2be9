// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "operator/plan/rollout.h"
#include "operator/plan/view.h"

namespace nacelle {

// Nodes on which two policies meet.
struct Overlaps {
  std::map<std::string, std::vector<std::string>> gives_way;    // nodes by the older policy that is in force there
  std::map<std::string, std::vector<std::string>> goes_before;  // nodes by the younger policy that is not

  bool operator==(const Overlaps&) const = default;
};

crd::PolicyStatus MakePolicyStatus(const ClusterView& view, const crd::AcceleratorPolicy& policy, std::size_t selected,
                                   const Overlaps& overlaps, const Rollout& rollout);

}  // namespace nacelle
