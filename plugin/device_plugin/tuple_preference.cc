// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/tuple_preference.h"

#include <utility>

namespace nacelle {
namespace {

// The function of the queue that stands for the tuple; nullptr when all are gone.
const Function* Farthest(const Inventory& inventory, const OfferedTuple& tuple, const std::optional<Target>& place) {
  const Function* farthest = nullptr;
  int most = -1;
  for (const auto& id : tuple.queues) {
    const auto ref = FindQueue(inventory, id);
    if (!ref) continue;
    const int distance = place ? DistanceTo(inventory, *ref.function, *place) : 0;
    if (distance <= most) continue;
    most = distance;
    farthest = ref.function;
  }
  return farthest;
}

}  // namespace

std::vector<std::string> PreferTuples(const Inventory& inventory, const Offer& offer, const PreferenceRequest& request) {
  if (offer.tuples.empty()) return PreferDevices(inventory, offer, request);
  Inventory stand_in = inventory;
  auto queues = offer.queues;
  for (const auto& tuple : offer.tuples) {
    queues.push_back({tuple.id, tuple.shares});
    const auto* function = Farthest(inventory, tuple, request.place);
    if (function == nullptr) continue;
    Function one{.id = tuple.id, .card = function->card, .numa = function->numa};
    one.queues.emplace_back();
    one.queues[0].id = tuple.id;
    stand_in.functions.push_back(std::move(one));
  }
  stand_in.functions.sort([](const Function& a, const Function& b) { return a.id < b.id; });
  return PreferDevices(stand_in, {offer.resource, std::move(queues)}, request);
}

}  // namespace nacelle
