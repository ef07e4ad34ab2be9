// SPDX-License-Identifier: Apache-2.0
#include "core/select/arrangement.h"

#include <algorithm>
#include <cstddef>

namespace nacelle {
namespace {

void Count(ServedWants& served, unsigned wants, int change) {
  const auto entry = std::find_if(served.begin(), served.end(), [&](const auto& e) { return e.first == wants; });
  if (entry != served.end()) {
    entry->second += change;
  } else {
    served.emplace_back(wants, change);
  }
}

}  // namespace

bool CanServe(const std::vector<int>& counts, const ServedWants& served) {
  const unsigned sets = 1U << counts.size();
  for (unsigned set = 1; set < sets; ++set) {
    int room = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if ((set >> i & 1U) != 0) room += counts[i];
    }
    for (const auto& [wants, items] : served) {
      if ((wants & ~set) == 0) room -= items;
    }
    if (room < 0) return false;
  }
  return true;
}

std::vector<int> Arrange(const std::vector<int>& counts, std::vector<ArrangedItem> items) {
  std::sort(items.begin(), items.end(), [](auto& a, auto& b) { return a.rank < b.rank; });
  std::vector<int> ranks;
  auto left = counts;
  ServedWants served;
  for (const auto& item : items) Count(served, item.wants, 1);
  for (std::size_t want = 0; want < counts.size(); ++want) {
    for (std::size_t i = 0; i < items.size() && left[want] > 0;) {
      const auto item = items[i];
      --left[want];
      Count(served, item.wants, -1);
      if ((item.wants >> want & 1U) != 0 && (counts.size() == 1 || CanServe(left, served))) {
        ranks.push_back(item.rank);
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(i));
      } else {
        ++left[want];
        Count(served, item.wants, 1);
        ++i;
      }
    }
  }
  return ranks;
}

}  // namespace nacelle
