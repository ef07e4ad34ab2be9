// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/crd/accelerator_policy.h"

namespace nacelle {

// What a person must know of a policy, when it comes to be so.
struct PolicyEvent {
  bool warning = false;
  std::string reason;
  std::string note;

  bool operator==(const PolicyEvent&) const = default;
};

// Of the conditions that turned between two statuses: an older policy goes
// before it, agents refuse it, all of its nodes have it.
std::vector<PolicyEvent> EventsBetween(const crd::PolicyStatus& before, const crd::PolicyStatus& after);

}  // namespace nacelle
