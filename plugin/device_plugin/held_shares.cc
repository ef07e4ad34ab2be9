// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/held_shares.h"

#include <algorithm>
#include <map>
#include <utility>

#include "plugin/device_plugin/retention.h"
#include "plugin/offer/taken_queues.h"

namespace nacelle {
namespace {

constexpr std::size_t kBundleIdLength = 22;  // see BundleId

using DeviceName = std::pair<std::string, std::string>;  // resource, id

// The id of what `device` is a share of, if it is not share 0.
std::string WholeOf(const std::string& device) {
  const auto dash = device.rfind('-');
  const auto whole = device.substr(0, dash);
  return dash != std::string::npos && ShareNumber(whole, device) ? whole : std::string();
}

const SavedTuple* FindSaved(const std::vector<SavedTuple>& tuples, const DeviceName& device) {
  const auto found = std::find_if(tuples.begin(), tuples.end(), [&](const SavedTuple& tuple) {
    return tuple.resource == device.first && ShareNumber(tuple.id, device.second);
  });
  return found == tuples.end() ? nullptr : &*found;
}

// The queues that a device is of; the queue of that very id comes first.
std::vector<std::string> QueuesOf(const Inventory& inventory, const std::vector<SavedTuple>& tuples,
                                  const DeviceName& device) {
  if (const auto* tuple = FindSaved(tuples, device)) return tuple->queues;
  for (const auto& id : {device.second, WholeOf(device.second)}) {
    if (FindQueue(inventory, id)) return {id};
  }
  return {};
}

// No container has the numbers before it starts, after a reboot anew, and then
// PreStartContainer compares them.
std::vector<DeviceNumber> NumbersOf(const Grant& grant, const std::vector<std::string>& queues, const std::string& boot_id) {
  std::vector<DeviceNumber> numbers;
  if (grant.boot_id != boot_id || !MayHaveStarted(grant)) return numbers;
  for (const auto& queue : grant.queues) {
    if (std::find(queues.begin(), queues.end(), queue.id) == queues.end()) continue;
    const auto own = OwnNumbers(queue.nodes);
    numbers.insert(numbers.end(), own.begin(), own.end());
  }
  return numbers;
}

void AddGrant(const Grant& grant, const std::string& boot_id, std::map<DeviceName, HeldShare>& held) {
  const auto add = [&](const std::string& device, const std::vector<std::string>& queues, int division) {
    held[{grant.resource, device}] = {grant.resource, device, queues, division, Route::kDevicePlugin, NumbersOf(grant, queues, boot_id)};
  };
  for (const auto& [device, queues] : grant.members) {
    add(device, queues, grant.queues.empty() ? 1 : grant.queues.front().division);
  }
  for (const auto& device : grant.devices) {
    for (const auto& queue : grant.queues) {
      if (!grant.members.contains(device) && ShareNumber(queue.id, device)) add(device, {queue.id}, queue.division);
    }
  }
}

}  // namespace

std::vector<HeldShare> CollectHeldShares(const Inventory& inventory, const std::vector<SavedTuple>& tuples,
                                         const std::vector<Grant>& grants,
                                         const std::vector<Holding>* holdings,
                                         const std::set<std::pair<std::string, std::string>>& in_flight,
                                         const std::string& boot_id) {
  std::map<DeviceName, HeldShare> held;
  for (const auto& grant : grants) {
    if (MayBeInUse(grant, holdings, boot_id)) AddGrant(grant, boot_id, held);
  }
  std::set<DeviceName> named(in_flight);
  if (holdings != nullptr) {
    for (const auto& holding : *holdings) named.emplace(holding.resource, holding.device);
  }
  for (const auto& name : named) {
    if (held.contains(name)) continue;
    auto queues = QueuesOf(inventory, tuples, name);
    if (!queues.empty()) held[name] = {name.first, name.second, std::move(queues), std::nullopt, Route::kDevicePlugin};
  }
  std::vector<HeldShare> all;
  all.reserve(held.size());
  for (auto& [name, share] : held) all.push_back(std::move(share));
  return all;
}

std::vector<SavedTuple> FindForgottenTuples(const std::vector<SavedTuple>& tuples, const std::vector<Grant>& grants) {
  std::vector<SavedTuple> forgotten;
  for (const auto& grant : grants) {
    for (const auto& [device, queues] : grant.members) {
      const DeviceName name(grant.resource, device);
      if (FindSaved(tuples, name) != nullptr || FindSaved(forgotten, name) != nullptr) continue;
      const bool first = device.size() == kBundleIdLength;
      forgotten.push_back({grant.resource, first ? device : WholeOf(device), queues, {}});
    }
  }
  std::sort(forgotten.begin(), forgotten.end());
  return forgotten;
}

}  // namespace nacelle
