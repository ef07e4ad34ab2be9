// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/held_shares.h"

#include <algorithm>
#include <map>

#include "plugin/device_plugin/taken_queues.h"

namespace nacelle {
namespace {

using DeviceName = std::pair<std::string, std::string>;  // resource, id

// The queue of which `device` is a share; the one of that very id comes first.
QueueRef QueueOfDevice(const Inventory& inventory, const std::string& device) {
  if (const auto ref = FindQueue(inventory, device)) return ref;
  const auto dash = device.rfind('-');
  if (dash == std::string::npos || !ShareNumber(device.substr(0, dash), device)) return {};
  return FindQueue(inventory, device.substr(0, dash));
}

void AddGrant(const Grant& grant, std::map<DeviceName, HeldShare>& held) {
  for (const auto& device : grant.devices) {
    for (const auto& queue : grant.queues) {
      if (!ShareNumber(queue.id, device)) continue;
      held[{grant.resource, device}] = {grant.resource, device, {queue.id}, queue.division, Route::kDevicePlugin};
    }
  }
}

}  // namespace

std::vector<HeldShare> CollectHeldShares(const Inventory& inventory, const std::vector<Grant>& grants,
                                         const std::vector<Holding>* holdings,
                                         const std::set<std::pair<std::string, std::string>>& in_flight,
                                         const std::string& boot_id) {
  std::map<DeviceName, HeldShare> held;
  for (const auto& grant : grants) {
    if (MayBeInUse(grant, holdings, boot_id)) AddGrant(grant, held);
  }
  std::set<DeviceName> named(in_flight);
  if (holdings != nullptr) {
    for (const auto& holding : *holdings) named.emplace(holding.resource, holding.device);
  }
  for (const auto& name : named) {
    if (held.contains(name)) continue;
    const auto ref = QueueOfDevice(inventory, name.second);
    if (ref) held[name] = {name.first, name.second, {ref.queue->id}, std::nullopt, Route::kDevicePlugin};
  }
  std::vector<HeldShare> all;
  all.reserve(held.size());
  for (auto& [name, share] : held) all.push_back(std::move(share));
  return all;
}

}  // namespace nacelle
