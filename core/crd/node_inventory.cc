// SPDX-License-Identifier: Apache-2.0
#include "core/crd/node_inventory.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

namespace nacelle::crd {
namespace {

std::optional<std::int64_t> Wide(const std::optional<int>& number) {
  return number ? std::optional<std::int64_t>(*number) : std::nullopt;
}
std::optional<int> Narrow(const std::optional<std::int64_t>& number) {
  return number ? std::optional<int>(static_cast<int>(*number)) : std::nullopt;
}
template <typename To, typename From>
std::vector<To> Convert(const std::vector<From>& from) {
  std::vector<To> out;
  out.reserve(from.size());
  for (const auto value : from) out.push_back(static_cast<To>(value));
  return out;
}

// The one of `all` whose name is `text`; else the first.
template <typename T, std::size_t N>
T Named(const std::array<T, N>& all, const std::string& text) {
  const auto it = std::find_if(all.begin(), all.end(), [&](T one) { return Name(one) == text; });
  return it == all.end() ? all.front() : *it;
}
constexpr std::array kAccesses = {MemoryAccess::kUnknown, MemoryAccess::kNone, MemoryAccess::kIommu, MemoryAccess::kSva};
constexpr std::array kMemories = {MemoryKind::kDram, MemoryKind::kHbm, MemoryKind::kCxl, MemoryKind::kNvm};
constexpr std::array kStrengths = {LinkStrength::kSharedAddress, LinkStrength::kOnCard, LinkStrength::kPeerToPeer};

NodeQueue QueueOf(const Queue& queue) {
  NodeQueue out{queue.id, {}, Wide(queue.instances), queue.health.healthy, queue.health.reason};
  for (const auto& node : queue.nodes) out.nodes.push_back(node.path);
  return out;
}

NodeFunction FunctionOf(const Function& function) {
  NodeFunction out;
  out.id = function.id;
  out.family = function.family;
  out.interface = function.interface;
  out.api = function.api;
  out.operations = function.operations;
  out.access = std::string(Name(function.access));
  out.access_note = function.access_note;
  out.numa = Wide(function.numa);
  out.card = function.card;
  out.path = function.path;
  out.driver = function.driver;
  out.healthy = function.health.healthy;
  out.reason = function.health.reason;
  for (const auto& queue : function.queues) out.queues.push_back(QueueOf(queue));
  return out;
}

bool IsWell(const NodeFunction& function) {
  return function.healthy && std::all_of(function.queues.begin(), function.queues.end(), [](const NodeQueue& queue) { return queue.healthy; });
}

void AddFunctions(const Inventory& inventory, NodeStatus& status) {
  for (const auto& function : inventory.functions) {
    auto& added = status.functions.emplace_back(FunctionOf(function));
    for (const auto& affinity : AffinitiesOf(inventory, function)) {
      added.affinities.push_back({affinity.domain, affinity.distance, Wide(affinity.latency_ns), Wide(affinity.bandwidth_mbps)});
    }
    if (!IsWell(added)) ++status.summary.unhealthy;
  }
  status.summary.functions = static_cast<std::int64_t>(inventory.functions.size());
}

Function ModelOf(const NodeFunction& function) {
  Function out;
  out.id = function.id;
  out.family = function.family;
  out.interface = function.interface;
  out.api = function.api;
  out.operations = function.operations;
  out.access = Named(kAccesses, function.access);
  out.access_note = function.access_note;
  out.numa = Narrow(function.numa);
  out.card = function.card;
  out.path = function.path;
  out.driver = function.driver;
  out.health = {function.healthy, function.reason};
  for (const auto& queue : function.queues) {
    auto& added = out.queues.emplace_back(Queue{.id = queue.id, .instances = Narrow(queue.instances), .health = {queue.healthy, queue.reason}});
    for (const auto& path : queue.nodes) added.nodes.push_back({.path = path});
  }
  return out;
}

// What its first function tells of a place. Of `status.functions`.
void AddAffinities(const NodeStatus& status, Inventory& out) {
  std::set<std::string> known;
  for (std::size_t i = 0; i < status.functions.size(); ++i) {
    const auto place = PlaceOf(out, out.functions[i]);
    if (!known.insert(place).second) continue;
    for (const auto& affinity : status.functions[i].affinities) {
      out.affinities.push_back({place, affinity.domain, static_cast<int>(affinity.distance), Narrow(affinity.latency_ns),
                                Narrow(affinity.bandwidth_mbps)});
    }
  }
  std::ranges::stable_sort(out.affinities, {}, &Affinity::place);
}

}  // namespace

void Describe(const Inventory& inventory, NodeStatus& status) {
  AddFunctions(inventory, status);
  for (const auto& node : inventory.numa) {
    status.numa_nodes.push_back({node.id, node.has_cpus, Convert<std::int64_t>(node.distances), Wide(node.package)});
  }
  for (const auto& domain : inventory.domains) {
    std::optional<std::int64_t> capacity;
    if (domain.capacity_bytes) capacity = static_cast<std::int64_t>(*domain.capacity_bytes);
    status.domains.push_back({domain.id, std::string(Name(domain.kind)), Wide(domain.numa), capacity,
                              Convert<std::int64_t>(domain.local_nodes), domain.card});
  }
  for (const auto& link : inventory.links) {
    status.links.push_back({link.from, link.to, std::string(Name(link.strength)), link.assumed});
  }
  for (const auto& problem : inventory.problems) status.problems.push_back({problem.object, problem.message});
  status.summary.problems = static_cast<std::int64_t>(status.problems.size());
}

Inventory InventoryOf(const NodeAccelerators& node) {
  Inventory out;
  out.node = node.meta.name;
  const auto& status = node.status;
  for (const auto& function : status.functions) {
    out.functions.push_back(ModelOf(function));
  }
  for (const auto& numa : status.numa_nodes) {
    out.numa.push_back({static_cast<int>(numa.id), numa.has_cpus, Convert<int>(numa.distances), Narrow(numa.package)});
  }
  for (const auto& domain : status.domains) {
    MemoryDomain added{.id = domain.id, .kind = Named(kMemories, domain.kind), .numa = Narrow(domain.numa)};
    if (domain.capacity_bytes) added.capacity_bytes = static_cast<std::uint64_t>(*domain.capacity_bytes);
    added.local_nodes = Convert<int>(domain.local_nodes);
    added.card = domain.card;
    out.domains.push_back(std::move(added));
  }
  AddAffinities(status, out);
  for (const auto& link : status.links) out.links.push_back({link.from, link.to, Named(kStrengths, link.strength), link.assumed});
  for (const auto& problem : status.problems) out.problems.push_back({problem.object, problem.message});
  return out;
}

}  // namespace nacelle::crd
