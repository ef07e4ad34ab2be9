// SPDX-License-Identifier: Apache-2.0
#include "core/select/item_class.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace nacelle {
namespace {

void Complete(ItemClass& item_class) {
  auto& items = item_class.items;
  std::sort(items.begin(), items.end(), [](const SearchItem& a, const SearchItem& b) {
    return std::tie(b.free_shares, a.rank) < std::tie(a.free_shares, b.rank);
  });
  item_class.free_shares = {0};
  item_class.least_rank = items.front().rank;
  for (const auto& item : items) {
    item_class.free_shares.push_back(item_class.free_shares.back() + item.free_shares);
    item_class.least_rank = std::min(item_class.least_rank, item.rank);
  }
}

}  // namespace

std::vector<ItemClass> MakeClasses(const SearchProblem& problem) {
  std::map<std::tuple<int, int, int, unsigned, int>, ItemClass> classes;
  for (const auto& item : problem.items) {
    const int group = problem.ordered ? item.group : 0;
    const int free_shares = problem.ordered ? item.free_shares : 0;
    auto& item_class = classes[{item.place, item.node, group, item.wants, free_shares}];
    item_class.node = item.node;
    item_class.wants = item.wants;
    item_class.place = item.place;
    item_class.group = group;
    item_class.items.push_back(item);
  }
  std::vector<ItemClass> sorted;
  for (auto& [key, item_class] : classes) {
    Complete(item_class);
    sorted.push_back(std::move(item_class));
  }
  std::sort(sorted.begin(), sorted.end(), [](const ItemClass& a, const ItemClass& b) {
    return std::tie(a.place, a.least_rank) < std::tie(b.place, b.least_rank);
  });
  return sorted;
}

}  // namespace nacelle
