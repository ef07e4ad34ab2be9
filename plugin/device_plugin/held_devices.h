// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/inventory.h"
#include "core/model/offer.h"
#include "plugin/grant/grant.h"

namespace nacelle {

// Why a device id may not leave the list.
struct HeldDevice {
  // Its queue is no longer what the holder was granted.
  bool changed = false;

  bool operator==(const HeldDevice&) const = default;
};

// By resource, then by device id.
using HeldDevices = std::map<std::string, std::map<std::string, HeldDevice>>;

// Everything that somebody holds or may hold: what PodResources names, and
// what is recorded. `holdings`: see WhoMayHold; null while the kubelet has not answered.
HeldDevices CollectHeld(const Inventory& inventory, const std::vector<Grant>& grants,
                        const std::vector<Holding>* holdings, const std::string& boot_id);

}  // namespace nacelle
