// SPDX-License-Identifier: Apache-2.0
#include "core/select/arrangement.h"

#include <algorithm>
#include <cstddef>
#include <utility>

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

// Goes through all orders, least first.
class Arranging {
 public:
  Arranging(const std::vector<int>& counts, std::vector<ArrangedItem> items, const std::function<bool(const std::vector<int>&)>& take)
      : left_(counts), items_(std::move(items)), take_(take), taken_(items_.size()) {
    std::sort(items_.begin(), items_.end(), [](auto& a, auto& b) { return a.rank < b.rank; });
    const unsigned all = (1U << counts.size()) - 1;
    are_alike_ = std::all_of(items_.begin(), items_.end(), [&](const auto& item) { return item.wants == all; });
  }

  void Run() { Extend(0, 0); }

 private:
  // The next item of `want`, from the `first` on.
  void Extend(std::size_t want, std::size_t first) {
    if (want == left_.size()) {
      is_done_ = !take_(ranks_);
      return;
    }
    if (left_[want] == 0) return Extend(want + 1, 0);
    for (std::size_t i = first; i < items_.size() && !is_done_; ++i) {
      if (taken_[i] != 0 || (items_[i].wants >> want & 1U) == 0) continue;
      Take(i, want, 1);
      if (CanGoOn(want, i)) Extend(want, i + 1);
      Take(i, want, -1);
    }
  }

  void Take(std::size_t item, std::size_t want, int sign) {
    taken_[item] = sign > 0 ? 1 : 0;
    left_[want] -= sign;
    if (sign > 0) ranks_.push_back(items_[item].rank);
    else ranks_.pop_back();
  }

  // Whether the others serve the rest: of them this want takes none before `item`, and
  // those before this want none at all.
  bool CanGoOn(std::size_t want, std::size_t item) const {
    if (are_alike_) return AnyMayFollow(want, item);
    ServedWants served;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const unsigned later = ~0U << (i < item ? want + 1 : want);
      if (taken_[i] == 0) Count(served, items_[i].wants & later, 1);
    }
    return CanServe(left_, served);
  }

  // The same where all items serve all wants: whether enough come after `item`.
  bool AnyMayFollow(std::size_t want, std::size_t item) const {
    return std::count(taken_.begin() + static_cast<std::ptrdiff_t>(item) + 1, taken_.end(), 0) >= left_[want];
  }

  std::vector<int> left_;
  std::vector<ArrangedItem> items_;
  const std::function<bool(const std::vector<int>&)>& take_;
  std::vector<char> taken_;
  bool are_alike_ = false;
  std::vector<int> ranks_;
  bool is_done_ = false;
};

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

void ForEachArrangement(const std::vector<int>& counts, std::vector<ArrangedItem> items, const std::function<bool(const std::vector<int>&)>& take) {
  Arranging(counts, std::move(items), take).Run();
}

}  // namespace nacelle
