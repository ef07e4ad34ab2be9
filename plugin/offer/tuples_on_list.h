// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/model/offer.h"
#include "plugin/offer/build_offers.h"
#include "plugin/offer/eligible_queues.h"

namespace nacelle {

// What becomes of a tuple that is on the list.
struct JudgedTuple {
  SavedTuple saved;
  OfferedTuple offered;
  bool held = false;
  // Those that nobody else may be given meanwhile.
  std::vector<std::string> queues;
};

// Decides for each tuple of `input.published`: it stays as long as it answers
// the query of its offer; one that is held stays with its holder in any case;
// any other becomes unhealthy, with the reason, and waits to leave the list. A
// tuple with a queue that somebody holds by another name waits to leave too.
// Those that are held come first.
std::vector<JudgedTuple> JudgeTuples(const OfferInput& input, const EligibleQueues& eligible);

// The bundle of the policy that has this resource name; nullptr when there is none.
const PolicyOffer* FindBundle(const Policy& policy, const std::string& resource);

// Into how many shares the offer divides a tuple: as its queue with the fewest.
int SharesOfTuple(const PolicyOffer& offer, const Inventory& inventory, const std::vector<std::string>& queues);

}  // namespace nacelle
