// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "core/select/expansion.h"
#include "core/select/item_class.h"
#include "core/select/search.h"

namespace nacelle {

// A choice that is not complete: items of `picks`, and what they cost.
struct PartialChoice {
  std::vector<SearchPick> picks;
  std::vector<int> used;      // items a class
  std::vector<int> by_want;   // items a want, as far as an item serves one want only
  std::vector<long> added;    // what one more item at each node costs in pairs
  SearchChoice cost;
};

// What is still to be taken: `need` items of `stage`, from the classes from
// `first_class` on, and then all items of later stages.
struct SearchRest {
  std::size_t stage = 0;
  std::size_t first_class = 0;
  int need = 0;
};

// Tells what a partial choice costs at least, whatever completes it.
class SearchBound {
 public:
  // In the order in which costs are compared; last, the first item's rank.
  using Least = std::tuple<int, long, long, long, int>;

  // Both must outlive it.
  SearchBound(const SearchProblem& problem, const std::vector<ItemClass>& classes);

  // Absent when nothing completes it.
  std::optional<Least> LeastCost(const PartialChoice& partial, const SearchRest& rest);

 private:
  // Wants that are counted apart: each when an item serves one want only, or
  // when the problem is ordered; else all together as one.
  std::vector<int> Needs(const PartialChoice& partial, const SearchRest& rest) const;
  void CountRooms();
  void SumNearest();
  std::optional<long> LeastPairs(const PartialChoice& partial, const SearchRest& rest);
  long LeastPlace(const SearchRest& rest) const;
  int LeastRank(const PartialChoice& partial, const SearchRest& rest) const;

  const SearchProblem& problem_;
  const std::vector<ItemClass>& classes_;
  bool apart_ = true;
  std::size_t kinds_ = 1;
  // [first class][kind][node]: how many items there are; [0] only when ordered.
  std::vector<std::vector<std::vector<int>>> room_;
  // [kind][node][n]: the least sum of distances from a node to n items.
  std::vector<std::vector<std::vector<long>>> nearest_;
  std::vector<long> most_free_;   // [n]: free shares of n items at most
  std::vector<int> least_rank_;   // [first class]: of items for the first want
  std::vector<std::pair<long, int>> offers_;  // scratch of LeastPairs: cost, room
};

}  // namespace nacelle
