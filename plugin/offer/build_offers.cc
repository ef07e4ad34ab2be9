// SPDX-License-Identifier: Apache-2.0
#include "plugin/offer/build_offers.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

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

class Builder {
 public:
  explicit Builder(const Inventory& inventory) : claims_(CountClaims(inventory)) {}

  void Add(const Function& function) {
    if (!function.by_default || function.queues.empty()) return;
    const auto resource = DefaultResourceName(function.interface);
    if (auto status = CheckResourceName(resource); !status) {
      AddProblem(function.id, "not offered: resource name " + status.error().message());
      return;
    }
    const auto owner = interfaces_.emplace(resource, function.interface).first->second;
    if (owner != function.interface) {
      AddProblem(function.id, "not offered: interface '" + function.interface + "' would share the name " +
                                  resource + " with '" + owner + "'");
      return;
    }
    for (const auto& queue : function.queues) AddQueue(resource, queue);
  }

  OfferPlan Finish() && {
    OfferPlan plan;
    for (auto& [resource, queues] : queues_) {
      std::sort(queues.begin(), queues.end(),
                [](const auto& a, const auto& b) { return a.queue < b.queue; });
      plan.offers.push_back({resource, std::move(queues)});
    }
    std::sort(problems_.begin(), problems_.end(), [](const Problem& a, const Problem& b) {
      return std::pair(a.object, a.message) < std::pair(b.object, b.message);
    });
    plan.problems = std::move(problems_);
    return plan;
  }

 private:
  void AddQueue(const std::string& resource, const Queue& queue) {
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
    if (!ids_.insert(queue.id).second) {
      AddProblem(queue.id, "not offered twice: two queues have this id");
      return;
    }
    queues_[resource].push_back({queue.id, 1});
  }

  void AddProblem(const std::string& object, std::string message) {
    problems_.push_back({object, std::move(message)});
  }

  std::map<DeviceNumber, int> claims_;
  std::map<std::string, std::string> interfaces_;  // by resource
  std::map<std::string, std::vector<OfferedQueue>> queues_;
  std::set<std::string> ids_;
  std::vector<Problem> problems_;
};

}  // namespace

OfferPlan BuildOffers(const Inventory& inventory) {
  Builder builder(inventory);
  for (const auto& function : inventory.functions) builder.Add(function);
  return std::move(builder).Finish();
}

const Offer* FindOffer(const OfferPlan& plan, std::string_view resource) {
  const auto it = std::lower_bound(plan.offers.begin(), plan.offers.end(), resource,
                                   [](const Offer& offer, std::string_view key) { return offer.resource < key; });
  return it != plan.offers.end() && it->resource == resource ? &*it : nullptr;
}

}  // namespace nacelle
