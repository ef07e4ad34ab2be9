// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/inventory.h"
#include "core/select/candidates.h"
#include "core/select/query.h"

namespace nacelle {

struct FindOptions {
  std::size_t limit = 10;
  CandidateOptions candidates;
  // The NUMA node of each CPU, for `near cpu:N`.
  std::map<int, int> numa_of_cpu;
  // Work before the search gives up proving, in steps (see SearchEffort): this
  // bounds the time on any machine, to some 0.1 s, and as much again to explain a miss.
  long max_steps = 100'000;
};

// Why an answer is where it is, in numbers.
struct Reason {
  std::optional<std::string> domain;  // the memory that distances are measured to
  // The largest: to the place or memory, else between two of its queues.
  int distance = 0;
  long distance_sum = 0;       // of these, over the queues or the pairs
  long pair_distance_sum = 0;  // over all pairs of queues
  // To the domain, the worst of all queues; only where the machine knows them for each.
  std::optional<int> latency_ns;
  std::optional<int> bandwidth_mbps;
  std::optional<LinkStrength> strength;  // of the weakest link
  bool assumed = false;  // a link of which nothing says that the way is open
  bool unknown_locality = false;  // a distance is not known, and counts 255

  bool operator==(const Reason&) const = default;
};

// A tuple of queues, in the order of the wants.
struct Answer {
  std::vector<std::string> queues;
  std::vector<Mark> marks;  // of each queue
  Reason reason;

  bool operator==(const Answer&) const = default;
};

// Why nothing fits.
struct Miss {
  std::string part;     // of the query: what nothing satisfies
  std::string message;  // why, in words
  // What would come closest: another query that has an answer, and its best.
  std::optional<Query> closest_query;
  std::optional<Answer> closest;

  bool operator==(const Miss&) const = default;
};

struct FindResult {
  std::vector<Answer> answers;  // best first
  std::optional<Miss> miss;     // when there are none
  // False: max_steps was reached; what is here holds, but better answers may exist.
  bool proven_best = true;

  bool operator==(const FindResult&) const = default;
};

// Answers a query that ParseQuery has read. Exact unless max_steps is reached;
// deterministic.
FindResult Find(const Inventory& inventory, const Query& query, const FindOptions& options);

}  // namespace nacelle
