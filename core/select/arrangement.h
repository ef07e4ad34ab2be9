// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace nacelle {

// How many items serve which wants: each entry a set of wants (bit i: the
// i-th) with the number of items that serve just these.
using ServedWants = std::vector<std::pair<unsigned, int>>;

// Whether each item can be given to a want that it serves, no want getting
// more than its count (Hall's theorem). At most kMaxWants wants.
bool CanServe(const std::vector<int>& counts, const ServedWants& served);

// An item by its rank, with the wants that it serves.
struct ArrangedItem {
  int rank = 0;
  unsigned wants = 0;
};

// The least order of items, want by want, in which each want gets its count of
// items that serve it. There must be such an order.
std::vector<int> Arrange(const std::vector<int>& counts, std::vector<ArrangedItem> items);

// All such orders, least first, until `take` wants no more; in each want ranks ascend.
void ForEachArrangement(const std::vector<int>& counts, std::vector<ArrangedItem> items, const std::function<bool(const std::vector<int>&)>& take);

}  // namespace nacelle
