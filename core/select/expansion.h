// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <vector>

#include "core/select/item_class.h"
#include "core/select/search.h"

namespace nacelle {

// So many items of a class for a stage: for the want of that number when the
// problem is ordered, else for any.
struct SearchPick {
  std::size_t item_class = 0;
  std::size_t stage = 0;
  int count = 0;
};

// The choices of items that agree on the number of items a class, best first.
// `problem` and `classes` must outlive it.
class Expansion {
 public:
  // `cost` has what all of them share: strength, place and pairs.
  Expansion(const SearchProblem& problem, const std::vector<ItemClass>& classes,
            const std::vector<SearchPick>& picks, const SearchChoice& cost);

  // The next best; absent when there are no more.
  std::optional<SearchChoice> Next();

 private:
  // An item is taken by its position in its class. A state is a choice with
  // the positions behind it: all that follow come from moving one item on to
  // the next position, or two of one class changing stages, which never makes
  // the choice better.
  struct Taken {
    std::size_t item_class = 0;
    std::size_t position = 0;
    std::size_t stage = 0;
  };
  struct State {
    SearchChoice choice;
    std::vector<Taken> taken;  // by class and position

    bool operator<(const State& other) const { return choice.Key() < other.choice.Key(); }
  };

  SearchChoice ChoiceOf(const std::vector<Taken>& taken) const;
  void Follow(const State& state);
  void Offer(std::vector<Taken> taken);

  const SearchProblem& problem_;
  const std::vector<ItemClass>& classes_;
  SearchChoice cost_;
  std::set<State> open_;
  std::optional<State> last_;  // given out, and not yet followed
};

}  // namespace nacelle
