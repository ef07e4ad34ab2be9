// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/model/inventory.h"
#include "core/model/offer.h"

namespace nacelle {

// What the kubelet asks with GetPreferredAllocation: `size` devices of an
// offer, out of `available`, with all of `must_include` among them.
struct PreferenceRequest {
  std::vector<std::string> available;
  std::vector<std::string> must_include;
  int size = 0;
};

// The devices to take, sorted by id: all that must be included, then the
// choice with the most distinct queues, the least sum of distances between
// their functions, the most free shares left on their queues, and last the
// smallest ids. Shares of a queue that are in `available` count as free. Ids
// that the offer does not have are as far as can be. Fewer than `size` when
// there are not enough; deterministic.
std::vector<std::string> PreferDevices(const Inventory& inventory, const Offer& offer,
                                       const PreferenceRequest& request);

}  // namespace nacelle
