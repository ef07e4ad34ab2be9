// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "operator/plan/view.h"

namespace nacelle {

// Whether the agent has seen its spec, and the policy of it is in force.
bool IsInForce(const NodeObjectState& object);

// Whether it is ready with it, too.
bool HasTaken(const NodeObjectState& object);

// An object that was `before` and is `state` now, with what only the two together tell. Of
// one that was not known an empty one was before.
NodeObjectState Continue(const NodeObjectState& before, NodeObjectState state, const std::string& now);

}  // namespace nacelle
