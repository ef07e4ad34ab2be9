// SPDX-License-Identifier: Apache-2.0
#include "core/select/expansion.h"

#include <algorithm>
#include <utility>

#include "core/select/arrangement.h"

namespace nacelle {

Expansion::Expansion(const SearchProblem& problem, const std::vector<ItemClass>& classes,
                     const std::vector<SearchPick>& picks, const SearchChoice& cost)
    : problem_(problem), classes_(classes), cost_(cost) {
  auto sorted = picks;
  std::sort(sorted.begin(), sorted.end(), [](const SearchPick& a, const SearchPick& b) {
    return std::tie(a.item_class, a.stage) < std::tie(b.item_class, b.stage);
  });
  std::vector<Taken> taken;
  for (const auto& pick : sorted) {
    const bool is_same = !taken.empty() && taken.back().item_class == pick.item_class;
    const std::size_t first = is_same ? taken.back().position + 1 : 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(pick.count); ++i) {
      taken.push_back({pick.item_class, first + i, pick.stage});
    }
  }
  Offer(std::move(taken));
}

std::optional<SearchChoice> Expansion::Next() {
  if (last_) Follow(*last_);
  last_.reset();
  if (open_.empty()) return std::nullopt;
  last_ = std::move(open_.extract(open_.begin()).value());
  return last_->choice;
}

SearchChoice Expansion::ChoiceOf(const std::vector<Taken>& taken) const {
  SearchChoice choice = cost_;
  choice.negative_free_shares = 0;
  std::vector<ArrangedItem> items;
  std::vector<std::vector<int>> stages(problem_.counts.size());
  for (const auto& one : taken) {
    const auto& item_class = classes_[one.item_class];
    const auto& item = item_class.items[one.position];
    choice.negative_free_shares -= item.free_shares;
    if (problem_.ordered) {
      stages[one.stage].push_back(item.rank);
    } else {
      items.push_back({item.rank, item_class.wants});
    }
  }
  if (!problem_.ordered) choice.ranks = Arrange(problem_.counts, std::move(items));
  for (auto& stage : stages) {
    std::sort(stage.begin(), stage.end());
    choice.ranks.insert(choice.ranks.end(), stage.begin(), stage.end());
  }
  return choice;
}

void Expansion::Offer(std::vector<Taken> taken) {
  auto choice = ChoiceOf(taken);
  open_.insert({std::move(choice), std::move(taken)});
}

void Expansion::Follow(const State& state) {
  const auto& taken = state.taken;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    const std::size_t position = taken[i].position + 1;
    if (position == classes_[taken[i].item_class].items.size()) continue;
    const bool is_neighbour_taken =
        i + 1 < taken.size() && taken[i + 1].item_class == taken[i].item_class && taken[i + 1].position == position;
    if (is_neighbour_taken && taken[i + 1].stage <= taken[i].stage) continue;
    auto next = taken;
    if (is_neighbour_taken) {
      std::swap(next[i].stage, next[i + 1].stage);
    } else {
      next[i].position = position;
    }
    Offer(std::move(next));
  }
}

}  // namespace nacelle
