// SPDX-License-Identifier: Apache-2.0
#include "core/select/target.h"

#include <algorithm>

namespace nacelle {
namespace {

const MemoryDomain* DomainOfNode(const Inventory& inventory, int node) {
  const auto found = std::find_if(inventory.domains.begin(), inventory.domains.end(),
                                  [&](const MemoryDomain& domain) { return domain.numa == node; });
  return found == inventory.domains.end() ? nullptr : &*found;
}

}  // namespace

Target Locate(const Inventory& inventory, const Place& place, const std::map<int, int>& numa_of_cpu) {
  switch (place.kind) {
    case Place::Kind::kNuma: return {DomainOfNode(inventory, place.number), place.number};
    case Place::Kind::kCpu: {
      const auto node = numa_of_cpu.find(place.number);
      if (node == numa_of_cpu.end()) return {};
      return {DomainOfNode(inventory, node->second), node->second};
    }
    case Place::Kind::kMemory: {
      const auto* domain = FindDomain(inventory, place.domain);
      return domain == nullptr ? Target{} : Target{domain, domain->numa};
    }
  }
  return {};
}

const Affinity* FindAffinity(const Inventory& inventory, const Function& function, const MemoryDomain& domain) {
  const auto all = AffinitiesOf(inventory, function);
  const auto at = std::ranges::find(all, domain.id, &Affinity::domain);
  return at == all.end() ? nullptr : &*at;
}

int DistanceTo(const Inventory& inventory, const Function& function, const Target& target) {
  if (target.numa) return NumaDistance(inventory, function.numa, target.numa);
  if (target.domain == nullptr) return kUnknownDistance;
  const auto* affinity = FindAffinity(inventory, function, *target.domain);
  return affinity == nullptr ? kUnknownDistance : affinity->distance;
}

bool IsLocal(const Inventory& inventory, const Function& function, const MemoryDomain& domain) {
  if (!domain.numa) return DistanceTo(inventory, function, {&domain, std::nullopt}) == 0;
  const auto& local = domain.local_nodes;
  return function.numa && std::find(local.begin(), local.end(), *function.numa) != local.end();
}

}  // namespace nacelle
