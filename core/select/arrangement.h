// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

namespace nacelle {

// An item by its rank, with the wants that it serves.
struct ArrangedItem {
  int rank = 0;
  unsigned wants = 0;
};

// The least order of items, want by want, in which each want gets its count of
// items that serve it. There must be such an order.
std::vector<int> Arrange(const std::vector<int>& counts, std::vector<ArrangedItem> items);

// Gets an order, and about how many operations it took to find since the one
// before. False when it wants no more.
using TakeArrangement = std::function<bool(const std::vector<int>& ranks, long operations)>;

// All such orders, least first, until `take` wants no more; in each want ranks ascend.
void ForEachArrangement(const std::vector<int>& counts, std::vector<ArrangedItem> items, const TakeArrangement& take);

}  // namespace nacelle
