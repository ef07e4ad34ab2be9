// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/select/search.h"

namespace nacelle {

// Items that can stand for each other: they differ in rank and free shares
// only; in rank only when the problem is ordered.
struct ItemClass {
  int node = 0;
  unsigned wants = 0;
  int place = 0;
  int group = 0;
  std::vector<SearchItem> items;       // most free shares first, then by rank
  std::vector<long> free_shares;       // of the first n items together, n from 0
  int least_rank = 0;
};

// By place, then least rank.
std::vector<ItemClass> MakeClasses(const SearchProblem& problem);

}  // namespace nacelle
