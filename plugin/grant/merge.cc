// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/merge.h"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace nacelle {
namespace {

// What the grants of one resource have together.
struct Together {
  std::set<std::string> devices;
  std::map<std::string, GrantedQueue> queues;  // by id
  std::string boot_id;
};

void Add(Together& together, const Grant& grant) {
  together.boot_id = grant.boot_id;
  together.devices.insert(grant.devices.begin(), grant.devices.end());
  for (const auto& queue : grant.queues) {
    const auto [it, added] = together.queues.emplace(queue.id, queue);
    if (!added) it->second.shares += queue.shares;
  }
}

}  // namespace

std::vector<Grant> MergeByResource(const std::vector<Grant>& grants) {
  std::map<std::string, Together> by_resource;
  for (const auto& grant : grants) Add(by_resource[grant.resource], grant);
  std::vector<Grant> merged;
  for (auto& [resource, together] : by_resource) {
    Grant grant;
    grant.resource = resource;
    grant.devices.assign(together.devices.begin(), together.devices.end());
    for (auto& [id, queue] : together.queues) grant.queues.push_back(std::move(queue));
    grant.boot_id = together.boot_id;
    merged.push_back(std::move(grant));
  }
  return merged;
}

}  // namespace nacelle
