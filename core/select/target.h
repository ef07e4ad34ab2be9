// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/inventory.h"
#include "core/select/query.h"

namespace nacelle {

// Memory to which distances are measured.
struct Target {
  const MemoryDomain* domain = nullptr;  // absent: a place that the machine does not have, or a node without memory
  std::optional<int> numa;
};

// Where a place is. A place that the machine does not have gives an empty
// target, which is as far from everything as can be. `numa_of_cpu` tells the
// nodes of CPUs, which the inventory does not.
Target Locate(const Inventory& inventory, const Place& place, const std::map<int, int>& numa_of_cpu);

// What is wrong with a place that the machine does not have, and what there is;
// absent when it has it, or when nothing is known of its CPUs.
std::optional<std::string> Missing(const Inventory& inventory, const Place& place, const std::map<int, int>& numa_of_cpu);

// How a function lies to a domain; absent when the inventory does not tell.
const Affinity* FindAffinity(const Inventory& inventory, const Function& function, const MemoryDomain& domain);

// From the function's NUMA node; to a card's own memory as its affinity says.
int DistanceTo(const Inventory& inventory, const Function& function, const Target& target);

// Whether a memory domain is local to a function: the card's own, or a node's
// among whose local nodes is the function's.
bool IsLocal(const Inventory& inventory, const Function& function, const MemoryDomain& domain);

}  // namespace nacelle
