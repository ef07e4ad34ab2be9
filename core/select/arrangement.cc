// SPDX-License-Identifier: Apache-2.0
#include "core/select/arrangement.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/select/want_room.h"

namespace nacelle {
namespace {

// Gives items to wants one by one, so that there is always an order for the rest.
class Arranging {
 public:
  Arranging(const std::vector<int>& counts, std::vector<ArrangedItem> items)
      : counts_(counts), room_(counts), items_(std::move(items)), taken_(items_.size()) {
    std::sort(items_.begin(), items_.end(), [](auto& a, auto& b) { return a.rank < b.rank; });
    for (const auto& item : items_) room_.Take(item.wants, 1);
  }

  std::vector<int> Least() && {
    for (std::size_t want = 0; want < counts_.size(); ++want) {
      int left = counts_[want];
      for (std::size_t i = 0; i < items_.size() && left > 0; ++i) {
        if (!MayTake(i, want) || !Narrow(i, 1U << want)) continue;
        Take(i);
        --left;
      }
    }
    return std::move(ranks_);
  }

  void ForEach(const TakeArrangement& take) && { Extend({0, 0, counts_.front()}, take); }

 private:
  // So many items of `want` are to be taken, from the `first` on.
  struct Rest {
    std::size_t want = 0;
    std::size_t first = 0;
    int left = 0;
  };

  void Extend(const Rest& rest, const TakeArrangement& take) {
    if (rest.left == 0) return Complete(rest.want, take);
    const unsigned want = 1U << rest.want;
    std::vector<std::size_t> passed_over;
    for (std::size_t i = rest.first; i < items_.size() && !is_done_; ++i) {
      if (!MayTake(i, rest.want)) continue;
      const auto wants = items_[i].wants;
      if (Narrow(i, want)) {
        Take(i);
        Extend({rest.want, i + 1, rest.left - 1}, take);
        taken_[i] = 0;
        ranks_.pop_back();
        Set(i, wants);
      }
      if (!Narrow(i, wants & ~want)) break;
      passed_over.push_back(i);
    }
    for (const auto i : passed_over) Set(i, items_[i].wants | want);
  }

  void Complete(std::size_t want, const TakeArrangement& take) {
    if (want + 1 < counts_.size()) return Extend({want + 1, 0, counts_[want + 1]}, take);
    is_done_ = !take(ranks_, std::exchange(operations_, 0));
  }

  bool MayTake(std::size_t item, std::size_t want) const {
    return taken_[item] == 0 && (items_[item].wants >> want & 1U) != 0;
  }

  void Take(std::size_t item) {
    taken_[item] = 1;
    ranks_.push_back(items_[item].rank);
  }

  // Lets an item be given to these wants only, if there is an order then.
  bool Narrow(std::size_t item, unsigned wants) {
    const auto before = items_[item].wants;
    room_.Take(before, -1);
    const bool fits = room_.Left(wants) > 0;
    room_.Take(fits ? wants : before, 1);
    if (fits) items_[item].wants = wants;
    operations_ += 2L << counts_.size();
    return fits;
  }

  void Set(std::size_t item, unsigned wants) {
    room_.Take(std::exchange(items_[item].wants, wants), -1);
    room_.Take(wants, 1);
  }

  const std::vector<int>& counts_;
  WantRoom room_;
  std::vector<ArrangedItem> items_;  // by rank; with the wants that they may still be given to
  std::vector<char> taken_;
  std::vector<int> ranks_;
  long operations_ = 0;
  bool is_done_ = false;
};

}  // namespace

std::vector<int> Arrange(const std::vector<int>& counts, std::vector<ArrangedItem> items) {
  return Arranging(counts, std::move(items)).Least();
}

void ForEachArrangement(const std::vector<int>& counts, std::vector<ArrangedItem> items, const TakeArrangement& take) {
  Arranging(counts, std::move(items)).ForEach(take);
}

}  // namespace nacelle
