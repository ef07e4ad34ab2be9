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
// id). `holdings`: see WhoMayHold; null while the kubelet has not answered; `tuples` are
// on the list. Sorted.
std::vector<HeldShare> CollectHeldShares(const Inventory& inventory, const std::vector<SavedTuple>& tuples,
                                         const std::vector<Grant>& grants,
                                         const std::vector<Holding>* holdings,
                                         const std::set<std::pair<std::string, std::string>>& in_flight,
                                         const std::string& boot_id);

// Tuples that grants record and `tuples` does not know, as after the file that
// remembers them was lost.
std::vector<SavedTuple> FindForgottenTuples(const std::vector<SavedTuple>& tuples, const std::vector<Grant>& grants);

}  // namespace nacelle
