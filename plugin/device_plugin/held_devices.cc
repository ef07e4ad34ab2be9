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

// Whether a container may have the numbers that were granted: before its first start, and
// after a reboot, nobody has them until a container whose holder is named starts.
bool MayHaveNumbers(const Grant& grant, const std::vector<Holding>* holdings, const std::string& boot_id) {
  if (grant.boot_id == boot_id && MayHaveStarted(grant)) return MayBeInUse(grant, holdings, boot_id);
  return holdings == nullptr || IsNamed(grant, *holdings);
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
    // What nobody can have any more is well under whatever number, though its record stays.
    const bool may_have_numbers = MayHaveNumbers(grant, holdings, boot_id);
    for (const auto& device : grant.devices) {
      auto& state = held[grant.resource][device];
      if (may_have_numbers && IsChanged(inventory, grant, device)) state.changed = true;
    }
  }
  return held;
}

}  // namespace nacelle
