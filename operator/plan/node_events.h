// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "operator/plan/event.h"
#include "operator/plan/view.h"

namespace nacelle {

// What a person must know of a node's accelerators: its agent refuses the policy;
// more functions than before cannot be used, or all can again.
std::vector<Event> EventsBetween(const std::string& node, const NodeObjectState& before, const NodeObjectState& after);

}  // namespace nacelle
