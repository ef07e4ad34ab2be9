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

std::optional<std::string> Missing(const Inventory& inventory, const Place& place, const std::map<int, int>& numa_of_cpu) {
  std::string there;
  const auto add = [&](const std::string& name) { there += (there.empty() ? "" : ", ") + name; };
  switch (place.kind) {
    case Place::Kind::kNuma:
      for (const auto& node : inventory.numa) {
        if (node.id == place.number) return std::nullopt;
        add(std::to_string(node.id));
      }
      return "there is no numa node " + std::to_string(place.number) + "; there are " + (there.empty() ? "none" : there);
    case Place::Kind::kCpu:
      if (numa_of_cpu.empty() || numa_of_cpu.contains(place.number)) return std::nullopt;
      return "there is no cpu " + std::to_string(place.number) + "; the last is " + std::to_string(numa_of_cpu.rbegin()->first);
    case Place::Kind::kMemory:
      for (const auto& domain : inventory.domains) {
        if (domain.id == place.domain) return std::nullopt;
        add(domain.id);
      }
      return "there is no memory '" + place.domain + "'; there are " + (there.empty() ? "none" : there);
  }
  return std::nullopt;
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
