// SPDX-License-Identifier: Apache-2.0
#include "core/select/search_bound.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace nacelle {
namespace {

constexpr int kNoRank = std::numeric_limits<int>::max();

bool ServesOne(unsigned wants) { return (wants & (wants - 1)) == 0; }

}  // namespace

SearchBound::SearchBound(const SearchProblem& problem, const std::vector<ItemClass>& classes)
    : problem_(problem), classes_(classes) {
  apart_ = problem.ordered ||
           std::all_of(classes.begin(), classes.end(), [](const ItemClass& c) { return ServesOne(c.wants); });
  kinds_ = apart_ ? problem.counts.size() : 1;
  CountRooms();
  SumNearest();
  std::vector<int> free_shares;
  for (const auto& item : problem.items) free_shares.push_back(item.free_shares);
  std::sort(free_shares.rbegin(), free_shares.rend());
  most_free_ = {0};
  for (const int shares : free_shares) most_free_.push_back(most_free_.back() + shares);
  least_rank_.assign(classes.size() + 1, kNoRank);
  for (std::size_t i = classes.size(); i-- > 0;) {
    const bool is_first = (classes[i].wants & 1U) != 0;
    least_rank_[i] = std::min(least_rank_[i + 1], is_first ? classes[i].least_rank : kNoRank);
  }
}

void SearchBound::CountRooms() {
  const std::vector<std::vector<int>> none(kinds_, std::vector<int>(problem_.distances.size()));
  const auto count = [&](std::vector<std::vector<int>>& room, const ItemClass& item_class) {
    for (std::size_t kind = 0; kind < kinds_; ++kind) {
      const bool serves = !apart_ || (item_class.wants >> kind & 1U) != 0;
      if (serves) room[kind][item_class.node] += static_cast<int>(item_class.items.size());
    }
  };
  if (problem_.ordered) {
    room_.assign(1, none);
    for (const auto& item_class : classes_) count(room_[0], item_class);
    return;
  }
  room_.assign(classes_.size() + 1, none);
  for (std::size_t i = classes_.size(); i-- > 0;) {
    room_[i] = room_[i + 1];
    count(room_[i], classes_[i]);
  }
}

void SearchBound::SumNearest() {
  const std::size_t nodes = problem_.distances.size();
  const int all = std::accumulate(problem_.counts.begin(), problem_.counts.end(), 0);
  nearest_.assign(kinds_, std::vector<std::vector<long>>(nodes));
  for (std::size_t kind = 0; kind < kinds_; ++kind) {
    const int count = apart_ ? problem_.counts[kind] : all;
    for (std::size_t node = 0; node < nodes; ++node) {
      std::vector<std::pair<int, int>> others;  // distance, room
      for (std::size_t other = 0; other < nodes; ++other) {
        others.emplace_back(problem_.distances[node][other], room_[0][kind][other]);
      }
      std::sort(others.begin(), others.end());
      auto& sums = nearest_[kind][node];
      sums = {0};
      for (const auto& [distance, room] : others) {
        for (int i = 0; i < room && static_cast<int>(sums.size()) <= count; ++i) sums.push_back(sums.back() + distance);
      }
      sums.resize(static_cast<std::size_t>(count) + 1, sums.back());
    }
  }
}

std::vector<int> SearchBound::Needs(const PartialChoice& partial, const SearchRest& rest) const {
  if (!apart_) return {rest.need};
  auto needs = problem_.counts;
  for (std::size_t want = 0; want < needs.size(); ++want) {
    if (!problem_.ordered) {
      needs[want] -= partial.by_want[want];
    } else if (want <= rest.stage) {
      needs[want] = want == rest.stage ? rest.need : 0;
    }
  }
  return needs;
}

// A pair among those to come costs half at each end: so each costs what it is
// to those taken, and half of what it is, at least, to the others to come.
std::optional<long> SearchBound::LeastPairs(const PartialChoice& partial, const SearchRest& rest) {
  const auto needs = Needs(partial, rest);
  const auto& room = room_[problem_.ordered ? 0 : rest.first_class];
  long twice = 0;
  for (std::size_t kind = 0; kind < kinds_; ++kind) {
    if (needs[kind] <= 0) continue;
    offers_.clear();
    for (std::size_t node = 0; node < partial.added.size(); ++node) {
      if (room[kind][node] == 0) continue;
      long cost = 2 * partial.added[node];
      for (std::size_t other = 0; other < kinds_; ++other) {
        cost += nearest_[other][node][other == kind ? needs[other] - 1 : std::max(needs[other], 0)];
      }
      offers_.emplace_back(cost, room[kind][node]);
    }
    std::sort(offers_.begin(), offers_.end());
    int left = needs[kind];
    for (const auto& [cost, items] : offers_) {
      const int taken = std::min(items, left);
      twice += cost * taken;
      left -= taken;
      if (left == 0) break;
    }
    if (left > 0) return std::nullopt;
  }
  return (twice + 1) / 2;
}

// Classes are sorted by place, and those that are left are not yet used.
long SearchBound::LeastPlace(const SearchRest& rest) const {
  if (problem_.ordered) return 0;
  long sum = 0;
  int left = rest.need;
  for (std::size_t i = rest.first_class; i < classes_.size() && left > 0; ++i) {
    const int taken = std::min(static_cast<int>(classes_[i].items.size()), left);
    sum += static_cast<long>(classes_[i].place) * taken;
    left -= taken;
  }
  return sum;
}

int SearchBound::LeastRank(const PartialChoice& partial, const SearchRest& rest) const {
  int least = kNoRank;
  if (rest.stage == 0 && rest.need > 0) least = least_rank_[rest.first_class];
  for (const auto& pick : partial.picks) {
    const auto& item_class = classes_[pick.item_class];
    if (pick.stage == 0 && (item_class.wants & 1U) != 0) least = std::min(least, item_class.least_rank);
  }
  return least;
}

std::optional<SearchBound::Least> SearchBound::LeastCost(const PartialChoice& partial, const SearchRest& rest) {
  const auto pairs = LeastPairs(partial, rest);
  if (!pairs) return std::nullopt;
  int left = rest.need;
  for (std::size_t want = rest.stage + 1; problem_.ordered && want < problem_.counts.size(); ++want) {
    left += problem_.counts[want];
  }
  const auto most = std::min(static_cast<std::size_t>(left), most_free_.size() - 1);
  const auto& cost = partial.cost;
  return Least{cost.strength, cost.place + LeastPlace(rest), cost.pairs + *pairs,
               cost.negative_free_shares - most_free_[most], LeastRank(partial, rest)};
}

}  // namespace nacelle
