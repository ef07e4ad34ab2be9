// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/held_devices.h"

#include <algorithm>
#include <set>
#include <utility>

#include "plugin/device_plugin/retention.h"
#include "plugin/grant/resolve.h"

namespace nacelle {
namespace {

using DeviceName = std::pair<std::string, std::string>;  // resource, id

std::set<DeviceName> NamesOf(const std::vector<Holding>& holdings) {
  std::set<DeviceName> names;
  for (const auto& holding : holdings) names.emplace(holding.resource, holding.device);
  return names;
}

bool Contains(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

bool IsChanged(const Inventory& inventory, const Grant& grant, const std::string& device) {
  const auto members = grant.members.find(device);
  return std::any_of(grant.queues.begin(), grant.queues.end(), [&](const GrantedQueue& queue) {
    const bool mine = members == grant.members.end() ? ShareNumber(queue.id, device).has_value()
                                                     : Contains(members->second, queue.id);
    return mine && !IsSame(inventory, queue);
  });
}

}  // namespace

HeldDevices CollectHeld(const Inventory& inventory, const std::vector<Grant>& grants,
                        const std::vector<Holding>* holdings, const std::string& boot_id) {
  HeldDevices held;
  const auto named = holdings == nullptr ? std::set<DeviceName>() : NamesOf(*holdings);
  for (const auto& [resource, device] : named) held[resource][device];
  for (const auto& grant : grants) {
    for (const auto& device : grant.devices) {
      auto& state = held[grant.resource][device];
      // Once nobody can have it any more, a queue that came back under another
      // number is well again, though its record waits to go.
      const bool in_use = MayBeInUse(grant, holdings, boot_id);
      if (in_use && IsChanged(inventory, grant, device)) state.changed = true;
    }
  }
  return held;
}

}  // namespace nacelle
