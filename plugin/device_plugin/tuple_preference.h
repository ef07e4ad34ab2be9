// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/model/inventory.h"
#include "core/model/offer.h"
#include "core/select/preference.h"

namespace nacelle {

// As PreferDevices, also for an offer with tuples: a tuple is as far from a place as all
// its queues together. Of choices that are as near to the place that comes first in which
// all queues, of what must be included, too, are nearest to each other: the sum of
// distances over all their pairs, within a tuple as between tuples.
std::vector<std::string> PreferTuples(const Inventory& inventory, const Offer& offer, const PreferenceRequest& request);

}  // namespace nacelle
