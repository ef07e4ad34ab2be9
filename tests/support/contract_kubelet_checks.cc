// SPDX-License-Identifier: Apache-2.0
#include "tests/support/contract_kubelet_checks.h"

namespace nacelle {

void ListChecks::See(const std::string& resource, const ToldDevices& told, const std::set<std::string>& held,
                     SteadyTime now) {
  auto& seen = seen_[resource];
  CheckEach(resource, told);
  CheckGone(resource, seen, told, now);
  for (const auto& id : held) {
    if (!told.contains(id)) Add(resource + ": held id " + id + " is not listed");
  }
  for (const auto& id : seen.flying) {
    if (!told.contains(id)) Add(resource + ": id " + id + " left during its Allocate");
  }
  std::map<std::string, SteadyTime> since;
  for (const auto& [id, device] : told) {
    if (device.healthy) continue;
    const auto earlier = seen.unhealthy_since.find(id);
    since[id] = earlier == seen.unhealthy_since.end() ? now : earlier->second;
  }
  seen.unhealthy_since = std::move(since);
  seen.told = told;
}

void ListChecks::CheckGone(const std::string& resource, const Seen& seen, const ToldDevices& told, SteadyTime now) {
  for (const auto& [id, device] : seen.told) {
    if (told.contains(id)) continue;
    const auto since = seen.unhealthy_since.find(id);
    if (since == seen.unhealthy_since.end()) Add(resource + ": id " + id + " left while Healthy");
    // On a busy machine the message that it is Unhealthy may come late.
    else if (now - since->second < leave_after_ / 2) {
      Add(resource + ": id " + id + " left too early");
    }
  }
}

void ListChecks::CheckEach(const std::string& resource, const ToldDevices& told) {
  for (const auto& [id, device] : told) {
    if (id.empty() || id.size() > 63) Add(resource + ": id '" + id + "' has no length of 1 to 63");
    if (device.numa.size() > 8) Add(resource + ": id " + id + " names more than 8 NUMA nodes");
  }
}

void ListChecks::Flying(const std::string& resource, const std::vector<std::string>& ids) {
  seen_[resource].flying.insert(ids.begin(), ids.end());
}

void ListChecks::Landed(const std::string& resource, const std::vector<std::string>& ids) {
  auto& flying = seen_[resource].flying;
  for (const auto& id : ids) {
    if (const auto it = flying.find(id); it != flying.end()) flying.erase(it);
  }
}

}  // namespace nacelle
