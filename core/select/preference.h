// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/inventory.h"
#include "core/model/offer.h"
#include "core/select/target.h"

namespace nacelle {

// What the kubelet asks with GetPreferredAllocation: `size` devices of an
// offer, out of `available`, with all of `must_include` among them.
struct PreferenceRequest {
  std::vector<std::string> available;
  std::vector<std::string> must_include;
  int size = 0;
  // The place that the offer's query names, from Locate; borrows from the
  // inventory. Absent: no place is nearer than another.
  std::optional<Target> place;
  // How far the parts of a device lie from each other, by the NUMA node of its function.
  // Counts as what lies between functions does. Absent: a device is one thing.
  std::map<int, int> within = {};
};

// The devices to take, sorted by id: all that must be included, then the
// choice with the most distinct queues, the least sum of distances to the
// place, the least sum of distances between their functions, and within them, the most free
// shares left on their queues, and last the smallest ids. Shares of a queue
// that are in `available` count as free. Ids that the offer does not have are
// as far as can be. Fewer than `size` when there are not enough;
// deterministic. Exact, unless the machine is so large and irregular that
// 10,000 steps (see Search) do not suffice; then the best that these find.
std::vector<std::string> PreferDevices(const Inventory& inventory, const Offer& offer,
                                       const PreferenceRequest& request);

}  // namespace nacelle
