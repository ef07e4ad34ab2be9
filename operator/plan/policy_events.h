// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/crd/accelerator_policy.h"
#include "operator/plan/event.h"

namespace nacelle {

// What a person must know of a policy, when it comes to be so: of the conditions that turned between two statuses: an older policy goes
// before it, agents refuse it, all of its nodes have it.
std::vector<Event> EventsBetween(const crd::PolicyStatus& before, const crd::PolicyStatus& after);

}  // namespace nacelle
