// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/model/inventory.h"
#include "core/model/offer.h"
#include "core/select/preference.h"

namespace nacelle {

// As PreferDevices, also for an offer with tuples: a tuple counts as one queue
// that lies where its queue that is farthest from the place lies; without a
// place, where its first queue lies.
std::vector<std::string> PreferTuples(const Inventory& inventory, const Offer& offer, const PreferenceRequest& request);

}  // namespace nacelle
