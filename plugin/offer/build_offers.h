// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "core/model/inventory.h"
#include "core/model/offer.h"

namespace nacelle {

// What this node offers, and what it cannot offer and why.
struct OfferPlan {
  std::vector<Offer> offers;      // by resource
  std::vector<Problem> problems;  // by object

  bool operator==(const OfferPlan&) const = default;
};

// Every queue that has a device node, of the functions that are offered without
// a policy, under the name of its interface (nacelle.dev/<interface>), one share
// each. Names and ids that Kubernetes refuses, and nodes that two queues claim,
// are problems, not offers.
OfferPlan BuildOffers(const Inventory& inventory);

// nullptr when there is none of that name.
const Offer* FindOffer(const OfferPlan& plan, std::string_view resource);

}  // namespace nacelle
