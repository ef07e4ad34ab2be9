// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "agent/publish/node_view.h"
#include "core/crd/node_accelerators.h"

namespace nacelle {

// What the view says, without policy and conditions. `view.inventory` is not null.
crd::NodeStatus BuildStatus(const NodeView& view);

// Leaves out what people miss least until the status as JSON has at most
// `bytes`, and says so in `truncated`: links, then all but the nearest memory of
// each function, then members of offers, then functions from the end.
void Truncate(crd::NodeStatus& status, std::size_t bytes);

}  // namespace nacelle
