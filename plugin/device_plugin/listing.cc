// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/listing.h"

#include <utility>

namespace nacelle {

void Listing::ShowOffered(const ListingInput& input) {
  for (auto& [id, entry] : entries_) {
    entry.offered = false;
    entry.device.health = {false, "gone"};
    entry.device.held = false;
  }
  for (const auto& device : input.offered) {
    auto& entry = entries_[device.id];
    entry.offered = !device.withdrawn;
    entry.device = device;
  }
}

void Listing::ShowHeld(const ListingInput& input) {
  for (const auto& [id, held] : input.held) {
    auto [it, added] = entries_.try_emplace(id);
    auto& device = it->second.device;
    if (added) device = {id, {false, "gone"}, {}, true};
    device.held = true;
    if (held.changed && device.health.healthy) device.health = {false, "no longer what its holder was granted"};
  }
}

bool Listing::MayLeave(const Entry& entry, const ListingInput& input) const {
  if (entry.offered || entry.device.held || input.in_flight.contains(entry.device.id)) return false;
  if (!entry.unhealthy_since || input.now - *entry.unhealthy_since < leave_after_) return false;
  return input.holders_asked && *input.holders_asked - *entry.unhealthy_since >= leave_after_;
}

std::vector<ListedDevice> Listing::Step(const ListingInput& input) {
  ShowOffered(input);
  ShowHeld(input);
  waits_ = false;
  std::vector<ListedDevice> shown;
  for (auto it = entries_.begin(); it != entries_.end();) {
    auto& entry = it->second;
    if (entry.device.health.healthy) entry.unhealthy_since.reset();
    else if (!entry.unhealthy_since) entry.unhealthy_since = input.now;
    if (MayLeave(entry, input)) {
      it = entries_.erase(it);
      continue;
    }
    waits_ = waits_ || !entry.offered;
    shown.push_back(entry.device);
    ++it;
  }
  return shown;
}

}  // namespace nacelle
