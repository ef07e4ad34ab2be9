// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/model/inventory.h"
#include "core/model/offer.h"
#include "core/select/candidates.h"

namespace nacelle {

// How much of each queue is held. A device of an offer is a share of it, or of
// each queue of a bundle's tuple; one of a resource that is no longer offered
// holds its queue all the same. Devices of others count for nothing.
Usage UsageOf(const Inventory& inventory, const std::vector<Offer>& offers, const std::vector<Holding>& holdings);

}  // namespace nacelle
