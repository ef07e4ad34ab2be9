// SPDX-License-Identifier: Apache-2.0
#include "plugin/offer/eligible_queues.h"

#include <algorithm>
#include <utility>

#include "core/model/reasons.h"
#include "core/model/resource_name.h"

namespace nacelle {
namespace {

using DeviceNumber = std::pair<unsigned, unsigned>;

std::map<DeviceNumber, int> CountClaims(const Inventory& inventory) {
  std::map<DeviceNumber, int> claims;
  for (const auto& function : inventory.functions) {
    for (const auto& queue : function.queues) {
      for (const auto& node : queue.nodes) {
        if (!node.common) ++claims[{node.major, node.minor}];
      }
    }
  }
  return claims;
}

class Sieve {
 public:
  explicit Sieve(const Inventory& inventory) : claims_(CountClaims(inventory)) {}

  void Add(const Function& function, AccessRequirement requirement) {
    const bool openable = std::any_of(function.queues.begin(), function.queues.end(),
                                      [](const Queue& queue) { return !queue.nodes.empty(); });
    if (!openable) return;
    if (!Meets(function.access, requirement)) {
      found_.hidden.push_back({function.id, "not offered: " + std::string(reasons::kMemoryAccessIs) + std::string(Name(function.access)) +
                                                ", and the policy requires " + std::string(Name(requirement))});
      return;
    }
    for (const auto& queue : function.queues) AddQueue(function, queue);
  }

  EligibleQueues Finish() && { return std::move(found_); }

 private:
  void AddQueue(const Function& function, const Queue& queue) {
    if (queue.nodes.empty()) return;
    if (auto status = CheckDeviceId(queue.id); !status) {
      AddProblem(queue.id, "not offered: " + status.error().message());
      return;
    }
    for (const auto& node : queue.nodes) {
      // Major 0 is no device: its numbers could not be read.
      if (node.common || node.major == 0 || claims_[{node.major, node.minor}] == 1) continue;
      AddProblem(queue.id, "not offered: another queue claims its node " + node.path);
      return;
    }
    if (!found_.queues.emplace(queue.id, QueueRef{&function, &queue}).second) {
      AddProblem(queue.id, "not offered twice: two queues have this id");
    }
  }

  void AddProblem(const std::string& object, std::string message) {
    found_.problems.push_back({object, std::move(message)});
  }

  std::map<DeviceNumber, int> claims_;
  EligibleQueues found_;
};

}  // namespace

EligibleQueues FindEligible(const Inventory& inventory, AccessRequirement requirement) {
  Sieve sieve(inventory);
  for (const auto& function : inventory.functions) sieve.Add(function, requirement);
  return std::move(sieve).Finish();
}

}  // namespace nacelle
