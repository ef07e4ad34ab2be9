// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

namespace nacelle {

// What may be chosen, without names: a queue, or a share of one.
struct SearchItem {
  int rank = 0;         // its place in the order of ids; unique
  int free_shares = 0;
  int node = 0;         // index into SearchProblem::distances
  unsigned wants = 1;   // bit i: it serves the i-th want; at least one
  int place = 0;        // distance to the place or memory domain, 0 without one
  int group = 0;        // of links; counts when the problem is `ordered`
};

struct SearchProblem {
  std::vector<int> counts;                  // items a want
  std::vector<SearchItem> items;
  std::vector<std::vector<int>> distances;  // between nodes; symmetric
  std::vector<long> base;                   // what an item at each node costs by itself, and beside items taken before; may be empty
  // Order counts: each item of a want is linked to each of the next want.
  // Without it an answer is a set, shown in the least order that serves the wants.
  bool ordered = false;
  // Each order that serves the wants is an answer of its own, not the least only: so many
  // wants in a row are one in `counts`, as the same items serve them. Empty: they are not.
  std::vector<std::vector<int>> each_order;  // by want of `counts`, the counts of these
  std::vector<std::vector<std::uint8_t>> strengths;  // between groups: LinkGroups::strengths
  int strength = 0;        // of all links, or the least that they can have when the problem is `ordered`
  std::size_t origin = 0;  // which of several problems it is
};

// Work is counted in steps of so many simple operations, a tenth to half a microsecond.
inline constexpr long kOperationsAStep = 128;

struct SearchEffort {
  std::size_t limit = 1;     // answers
  long max_steps = 100'000;  // work, see Search
};

// A choice, with its cost in the order in which costs are compared.
struct SearchChoice {
  int strength = 0;            // of the weakest link
  long place = 0;              // sum of distances to the place
  long pairs = 0;              // sum of distances over all pairs, those with `base` included
  long negative_free_shares = 0;
  std::vector<int> ranks;      // in the order of the wants; ascending in each
  std::size_t origin = 0;      // the problem that it is from; no cost

  auto Key() const { return std::tie(strength, place, pairs, negative_free_shares, ranks); }
  bool operator==(const SearchChoice&) const = default;
};

struct SearchResult {
  std::vector<SearchChoice> best;  // best first, no ranks twice
  long steps = 0;                  // of work
  bool proven = true;  // false: max_steps was reached, and there may be better ones
};

// The `limit` best choices: exact, by branch and bound over classes of items
// that differ in nothing but rank and free shares. Deterministic; the order of
// items does not matter. What is looked at on more nodes, for more queues or wants,
// counts for more steps. Beyond `max_steps` nothing new is begun, but a first choice
// is always finished. Where order counts, what is taken may be linked to nothing that
// completes it: a first choice is begun anew then, for up to 8 steps an item for each
// strength of links. `known`: the best choices for problems of the same wants that
// came before, at most `limit`; the best of all come back.
SearchResult Search(const SearchProblem& problem, const SearchEffort& effort, std::vector<SearchChoice> known = {});

}  // namespace nacelle
