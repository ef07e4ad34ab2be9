// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/model/inventory.h"
#include "core/model/offer.h"
#include "core/select/preference.h"

namespace nacelle {

// As PreferDevices, also for an offer with tuples: a tuple is as far from a place,
// or from another tuple, as all its queues together. Of tuples that are as near to
// the place those come first whose own queues are nearest to each other.
std::vector<std::string> PreferTuples(const Inventory& inventory, const Offer& offer, const PreferenceRequest& request);

}  // namespace nacelle
