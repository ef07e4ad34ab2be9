// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/inventory.h"
#include "plugin/offer/build_offers.h"

namespace nacelle {

// The numbers of nodes that are not common to all users of a family.
std::vector<DeviceNumber> OwnNumbers(const std::vector<DeviceNode>& nodes);

// The queues whose device number is one that a container can open for another
// queue: its device cgroup lets it, whatever the number means now. By queue id,
// with the reason.
std::map<std::string, std::string> FindTaken(const Inventory& inventory, const std::vector<HeldShare>& held);

}  // namespace nacelle
