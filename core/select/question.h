// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "core/model/inventory.h"
#include "core/select/candidates.h"
#include "core/select/query.h"
#include "core/select/search.h"
#include "core/select/target.h"

namespace nacelle {

// Numbers the NUMA nodes of functions, the unknown one among them, in the
// order in which they come, and measures between them.
class NodeNumbers {
 public:
  // The number of a node, new or known.
  int Of(std::optional<int> numa);
  // Between all numbered so far: the larger of both directions.
  std::vector<std::vector<int>> Distances(const Inventory& inventory) const;

 private:
  std::map<std::optional<int>, int> numbers_;
  std::vector<std::optional<int>> nodes_;
};

// A query put to candidates. Under `sharing hbm` it falls into one search for
// each memory domain; under `chained` into one for each part of the machine
// that no links join to the rest, so that no queue is in two; else it is one.
struct Question {
  std::optional<Target> target;  // what distances are measured to
  SearchProblem problem;         // ranks are indexes of candidates
};

// `query` is unfolded; `candidates` as FindCandidates gives them for it.
std::vector<Question> AskAll(const Inventory& inventory, const Query& query,
                             const std::vector<Candidate>& candidates, const std::map<int, int>& numa_of_cpu);

// The query whose wants are searched for: under `chained` a single want is a
// chain of its queues one by one; else it is as it was.
Query Unfold(const Query& query);

// The best choices of all questions together, none with the same ranks twice.
// Their origin is the index of the question. The questions share `max_steps`.
SearchResult SearchAll(const std::vector<Question>& questions, const SearchEffort& effort);

}  // namespace nacelle
