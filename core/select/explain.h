// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "core/select/candidates.h"
#include "core/select/find.h"
#include "core/select/target.h"

namespace nacelle {

// The reason of a tuple that answers `query` (unfolded), in the order of its
// wants. `target`: what distances were measured to.
Reason Explain(const Inventory& inventory, const Query& query, const std::vector<const Candidate*>& tuple,
               const std::optional<Target>& target);

}  // namespace nacelle
