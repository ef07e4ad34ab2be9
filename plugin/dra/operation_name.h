// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/model/inventory.h"
#include "plugin/offer/build_offers.h"

namespace nacelle {

// Operations of what is offered by dynamic resource allocation that no attribute
// can name, an AFU's aside; sorted.
std::vector<std::string> UnnamedOperations(const Inventory& inventory, const OfferPlan& plan);

}  // namespace nacelle
