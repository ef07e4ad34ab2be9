// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "core/base/result.h"
#include "core/config/policy.h"
#include "core/model/inventory.h"

namespace nacelle {

// Whether an offer of single queues selects those of `function`: by its want,
// and by distance when the query bounds it. `near` alone excludes nothing.
bool Selects(const Inventory& inventory, const PolicyOffer& offer, const Function& function,
             const std::map<int, int>& numa_of_cpu);

// Into how many shares the offer divides `queue`: at most its instances, where
// it is known that there are no more.
int SharesOf(const PolicyOffer& offer, const Queue& queue);

// Whether no queue that the policy selects is to have more shares than it has
// instances. kInvalid names the line of `file`, the queue, and what would be right.
Status CheckShares(const Inventory& inventory, const Policy& policy, const std::map<int, int>& numa_of_cpu,
                   const std::string& file);

}  // namespace nacelle
