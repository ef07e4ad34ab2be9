// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/tuple_preference.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace nacelle {
namespace {

// The functions of the queues of a tuple, or of one queue.
using Members = std::vector<const Function*>;

// Between all of one and all of the other.
int DistanceBetween(const Inventory& inventory, const Members& some, const Members& others) {
  int sum = 0;
  for (const auto* a : some) {
    for (const auto* b : others) sum += FunctionDistance(inventory, *a, *b);
  }
  return sum;
}

int DistanceWithin(const Inventory& inventory, const Members& members) {
  int sum = 0;
  for (std::size_t i = 1; i < members.size(); ++i) {
    sum += DistanceBetween(inventory, {members[i]}, {members.begin(), members.begin() + static_cast<std::ptrdiff_t>(i)});
  }
  return sum;
}

int DistanceToPlace(const Inventory& inventory, const Members& members, const std::optional<Target>& place) {
  int sum = 0;
  for (const auto* function : members) sum += place ? DistanceTo(inventory, *function, *place) : 0;
  return sum;
}

// A machine whose queues are the tuples of another, and whose nodes are how these
// lie: tuples that lie alike are on one node. The last node is the place.
class TupleMachine {
 public:
  TupleMachine(const Inventory& inventory, const std::optional<Target>& place) : inventory_(inventory), place_(place) {}

  void Add(const std::string& id, const std::vector<std::string>& queues) {
    Members members;
    for (const auto& queue : queues) {
      const auto ref = FindQueue(inventory_, queue);
      members.push_back(ref ? ref.function : &gone_);
    }
    Function one{.id = id, .numa = NodeOf(std::move(members))};
    one.queues.emplace_back();
    one.queues[0].id = id;
    functions_.push_back(std::move(one));
  }

  int place_node() const { return static_cast<int>(nodes_.size()); }

  // How far the queues of a tuple lie from each other, by its node.
  std::map<int, int> Within() const {
    std::map<int, int> within;
    for (const auto& members : nodes_) within.emplace(static_cast<int>(within.size()), DistanceWithin(inventory_, members));
    return within;
  }

  Inventory Make() {
    Inventory machine;
    std::sort(functions_.begin(), functions_.end(), [](const Function& a, const Function& b) { return a.id < b.id; });
    for (auto& function : functions_) machine.functions.push_back(std::move(function));
    for (const auto& a : nodes_) {
      NumaNode node{static_cast<int>(machine.numa.size()), true, {}};
      for (const auto& b : nodes_) node.distances.push_back(DistanceBetween(inventory_, a, b));
      node.distances.push_back(DistanceToPlace(inventory_, a, place_));
      machine.numa.push_back(std::move(node));
    }
    machine.numa.push_back({place_node(), true, {}});
    return machine;
  }

 private:
  // Nodes of members and distances to the place: what tells tuples apart.
  using Lie = std::vector<std::pair<std::optional<int>, int>>;

  int NodeOf(Members members) {
    Lie lie;
    for (const auto* function : members) lie.emplace_back(function->numa, DistanceToPlace(inventory_, {function}, place_));
    std::sort(lie.begin(), lie.end());
    const auto [at, is_new] = number_of_.emplace(std::move(lie), static_cast<int>(nodes_.size()));
    if (is_new) nodes_.push_back(std::move(members));
    return at->second;
  }

  const Inventory& inventory_;
  const std::optional<Target>& place_;
  const Function gone_;  // as far from everything as can be
  std::map<Lie, int> number_of_;
  std::vector<Members> nodes_;  // by number
  std::vector<Function> functions_;
};

// Ids that the offer does not have are for where there are not enough others.
PreferenceRequest WithoutUnknown(PreferenceRequest request, const Offer& offer) {
  std::set<std::string> ids;
  for (const auto& offered : offer.queues) {
    for (auto& id : DeviceIds(offered)) ids.insert(std::move(id));
  }
  auto known = request.available;
  std::erase_if(known, [&](const std::string& id) { return !ids.contains(id); });
  if (known.size() >= static_cast<std::size_t>(std::max(request.size, 0))) request.available = std::move(known);
  return request;
}

}  // namespace

std::vector<std::string> PreferTuples(const Inventory& inventory, const Offer& offer, const PreferenceRequest& request) {
  if (offer.tuples.empty()) return PreferDevices(inventory, offer, request);
  TupleMachine machine(inventory, request.place);
  Offer as_queues{offer.resource, offer.queues};
  for (const auto& queue : offer.queues) machine.Add(queue.queue, {queue.queue});
  for (const auto& tuple : offer.tuples) {
    machine.Add(tuple.id, tuple.queues);
    as_queues.queues.push_back({tuple.id, tuple.shares});
  }
  std::ranges::sort(as_queues.queues, {}, &OfferedQueue::queue);
  auto asked = request;
  asked.place = Target{nullptr, machine.place_node()};
  asked.within = machine.Within();
  return PreferDevices(machine.Make(), as_queues, WithoutUnknown(std::move(asked), as_queues));
}

}  // namespace nacelle
