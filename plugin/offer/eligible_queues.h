// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/config/policy.h"
#include "core/model/inventory.h"

namespace nacelle {

// The queues that can be offered at all, and why others cannot.
struct EligibleQueues {
  std::map<std::string, QueueRef> queues;  // by id; they point into the inventory
  std::vector<Problem> problems;           // what is wrong
  std::vector<Problem> hidden;             // what the policy keeps back
};

// Queues that have a device node and an id that the kubelet takes, of functions
// that reach memory as required. Nodes that two queues claim go to neither.
EligibleQueues FindEligible(const Inventory& inventory, AccessRequirement requirement);

}  // namespace nacelle
