// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/model/inventory.h"
#include "core/select/query.h"

namespace nacelle {

// The queues of a bundle's device, in the order of the wants.
using Tuple = std::vector<std::string>;

struct PartitionRequest {
  // Published or held: they stay as they are, and keep their queues.
  std::vector<Tuple> kept;
  // Queues of other offers.
  std::set<std::string, std::less<>> excluded;
  // The NUMA node of each CPU, for `near cpu:N`.
  std::map<int, int> numa_of_cpu;
  // Work before it gives up proving, in steps as SearchEffort has them, and as much
  // again to take tuples one by one: less than 1 s on any machine. See Partition::proven_best.
  long max_steps = 1'000'000;
};

struct Partition {
  std::vector<Tuple> made;  // beside those kept; sorted
  // In the order in which they count, sums over `made`: of the weakest links,
  // of distances to the place or memory, of distances over all pairs.
  int strength_sum = 0;
  long place_sum = 0;
  long pair_sum = 0;
  // False: max_steps or the number of kinds of tuples was too small to prove
  // that there are not more tuples, or cheaper ones. Those made hold all the same.
  bool proven_best = true;

  bool operator==(const Partition&) const = default;
};

// Divides healthy queues, whole ones, into disjoint answers to `query`: as many
// as possible, then of the least cost. A partition for two wants that no queue
// serves both is always proven. Deterministic.
Partition Divide(const Inventory& inventory, const Query& query, const PartitionRequest& request);

}  // namespace nacelle
