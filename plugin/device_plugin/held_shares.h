// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/model/inventory.h"
#include "core/model/offer.h"
#include "plugin/grant/grant.h"
#include "plugin/offer/build_offers.h"

namespace nacelle {

// What containers have or may have of our queues, so that nobody else is given
// them under another name: what is recorded as granted and may be in use (see
// MayBeInUse), what PodResources names, and what is being allocated (resource,
// id). `holdings` is null while the kubelet has not answered. Sorted.
std::vector<HeldShare> CollectHeldShares(const Inventory& inventory, const std::vector<Grant>& grants,
                                         const std::vector<Holding>* holdings,
                                         const std::set<std::pair<std::string, std::string>>& in_flight,
                                         const std::string& boot_id);

}  // namespace nacelle
