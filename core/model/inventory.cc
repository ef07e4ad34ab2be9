// SPDX-License-Identifier: Apache-2.0
#include "core/model/inventory.h"

#include <algorithm>

namespace nacelle {
namespace {

template <typename List>
const typename List::value_type* FindById(const List& sorted, std::string_view id) {
  const auto it = std::lower_bound(sorted.begin(), sorted.end(), id,
                                   [](const auto& item, std::string_view key) { return item.id < key; });
  return it != sorted.end() && it->id == id ? &*it : nullptr;
}

std::optional<std::size_t> IndexOfNode(const Inventory& inventory, std::optional<int> id) {
  if (!id) return std::nullopt;
  for (std::size_t i = 0; i < inventory.numa.size(); ++i) {
    if (inventory.numa[i].id == *id) return i;
  }
  return std::nullopt;
}

}  // namespace

std::string_view Name(MemoryKind kind) {
  switch (kind) {
    case MemoryKind::kDram: return "dram";
    case MemoryKind::kHbm: return "hbm";
    case MemoryKind::kCxl: return "cxl";
    case MemoryKind::kNvm: return "nvm";
  }
  return "dram";
}

std::string_view Name(LinkStrength strength) {
  switch (strength) {
    case LinkStrength::kOnCard: return "on-card";
    case LinkStrength::kPeerToPeer: return "peer-to-peer";
    case LinkStrength::kSharedAddress: return "shared-address";
  }
  return "shared-address";
}

const Function* FindFunction(const Inventory& inventory, std::string_view id) {
  return FindById(inventory.functions, id);
}

const MemoryDomain* FindDomain(const Inventory& inventory, std::string_view id) {
  return FindById(inventory.domains, id);
}

std::string PlaceOf(const Inventory& inventory, const Function& function) {
  const bool has_memory = !function.card.empty() && std::any_of(inventory.domains.begin(), inventory.domains.end(),
                                                                [&](const auto& domain) { return domain.card == function.card; });
  auto place = function.numa ? "numa-" + std::to_string(*function.numa) : std::string();
  if (has_memory) place += '/' + function.card;
  return place;
}

std::span<const Affinity> AffinitiesOf(const Inventory& inventory, const Function& function) {
  const auto& all = inventory.affinities;
  const auto place = PlaceOf(inventory, function);
  // Bounds by hand: of the standard library's ranges clang 14 compiles some, equal_range not.
  const auto first = std::lower_bound(all.begin(), all.end(), place, [](const Affinity& a, const auto& p) { return a.place < p; });
  const auto last = std::upper_bound(first, all.end(), place, [](const auto& p, const Affinity& a) { return p < a.place; });
  return {first, last};
}

QueueRef FindQueue(const Inventory& inventory, std::string_view queue_id) {
  // Where a function has one queue, they share their id.
  if (const auto* function = FindFunction(inventory, queue_id)) {
    if (const auto* queue = FindById(function->queues, queue_id)) return {function, queue};
  }
  for (const auto& function : inventory.functions) {
    if (const auto* queue = FindById(function.queues, queue_id)) return {&function, queue};
  }
  return {};
}

Health EffectiveHealth(const QueueRef& ref) {
  return ref.function->health.healthy ? ref.queue->health : ref.function->health;
}

int NumaDistance(const Inventory& inventory, std::optional<int> from, std::optional<int> to) {
  const auto row = IndexOfNode(inventory, from);
  const auto column = IndexOfNode(inventory, to);
  if (!row || !column) return kUnknownDistance;
  const auto& distances = inventory.numa[*row].distances;
  return *column < distances.size() ? distances[*column] : kUnknownDistance;
}

int FunctionDistance(const Inventory& inventory, const Function& a, const Function& b) {
  return std::max(NumaDistance(inventory, a.numa, b.numa), NumaDistance(inventory, b.numa, a.numa));
}

}  // namespace nacelle
