// SPDX-License-Identifier: Apache-2.0
#include "plugin/offer/selection.h"

#include <algorithm>

#include "core/select/candidates.h"
#include "core/select/target.h"

namespace nacelle {
namespace {

// For a bundle any of its wants will do: which queues it takes is decided later.
bool Concerns(const Inventory& inventory, const PolicyOffer& offer, const Function& function,
              const std::map<int, int>& numa_of_cpu) {
  if (!IsBundle(offer)) return Selects(inventory, offer, function, numa_of_cpu);
  return std::any_of(offer.find.wants.begin(), offer.find.wants.end(),
                     [&](const Want& want) { return Serves(function, want); });
}

}  // namespace

bool Selects(const Inventory& inventory, const PolicyOffer& offer, const Function& function,
             const std::map<int, int>& numa_of_cpu) {
  if (!Serves(function, offer.find.wants.front())) return false;
  const auto& relation = offer.find.relation;
  if (!relation.within) return true;
  return DistanceTo(inventory, function, Locate(inventory, relation.place, numa_of_cpu)) <= *relation.within;
}

int SharesOf(const PolicyOffer& offer, const Queue& queue) {
  if (!queue.instances || queue.instances_at_least) return offer.shares_per_queue;
  return std::min(offer.shares_per_queue, std::max(1, *queue.instances));
}

Status CheckShares(const Inventory& inventory, const Policy& policy, const std::map<int, int>& numa_of_cpu,
                   const std::string& file) {
  for (const auto& function : inventory.functions) {
    const auto offer = std::find_if(policy.offers.begin(), policy.offers.end(), [&](const PolicyOffer& candidate) {
      return Concerns(inventory, candidate, function, numa_of_cpu);
    });
    if (offer == policy.offers.end()) continue;
    for (const auto& queue : function.queues) {
      const int most = SharesOf(*offer, queue);
      if (most == offer->shares_per_queue) continue;
      return Error(Code::kInvalid, file + ":" + std::to_string(offer->line) + ": offer '" + offer->name +
                                       "': sharesPerQueue is " + std::to_string(offer->shares_per_queue) + ", but " +
                                       queue.id + " has " + std::to_string(most) + (most == 1 ? " instance" : " instances") + "; at most " +
                                       std::to_string(most) + " would be right");
    }
  }
  return {};
}

}  // namespace nacelle
