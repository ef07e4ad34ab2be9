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
  Arranging(const std::vector<int>& counts, std::vector<ArrangedItem> items, std::size_t limit)
      : left_(counts), items_(std::move(items)), limit_(limit), taken_(items_.size()) {
    std::sort(items_.begin(), items_.end(), [](auto& a, auto& b) { return a.rank < b.rank; });
  }

  std::vector<std::vector<int>> Run() && {
    if (limit_ > 0) Extend(0, 0);
    return std::move(found_);
  }

 private:
  // The next item of `want`, from the `first` on.
  void Extend(std::size_t want, std::size_t first) {
    if (want == left_.size()) return found_.push_back(ranks_);
    if (left_[want] == 0) return Extend(want + 1, 0);
    for (std::size_t i = first; i < items_.size() && found_.size() < limit_; ++i) {
      if (taken_[i] || (items_[i].wants >> want & 1U) == 0) continue;
      Take(i, want, 1);
      if (CanGoOn(want, i)) Extend(want, i + 1);
      Take(i, want, -1);
    }
  }

  void Take(std::size_t item, std::size_t want, int sign) {
    taken_[item] = sign > 0;
    left_[want] -= sign;
    if (sign > 0) ranks_.push_back(items_[item].rank);
    else ranks_.pop_back();
  }

  // Whether the others serve the rest: of them this want takes none before `item`, and
  // those before this want none at all.
  bool CanGoOn(std::size_t want, std::size_t item) const {
    if (AnyMayFollow(want, item)) return true;
    ServedWants served;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const unsigned later = ~0U << (i < item ? want + 1 : want);
      if (!taken_[i]) Count(served, items_[i].wants & later, 1);
    }
    return CanServe(left_, served);
  }

  // Whether it is plain: all others serve all of the rest, and enough come after `item`.
  bool AnyMayFollow(std::size_t want, std::size_t item) const {
    unsigned open = 0;
    for (std::size_t i = want; i < left_.size(); ++i) open |= left_[i] > 0 ? 1U << i : 0U;
    int after = 0;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (taken_[i]) continue;
      if ((items_[i].wants & open) != open) return false;
      after += i > item ? 1 : 0;
    }
    return after >= left_[want];
  }

  std::vector<int> left_;
  std::vector<ArrangedItem> items_;
  const std::size_t limit_;
  std::vector<bool> taken_;
  std::vector<int> ranks_;
  std::vector<std::vector<int>> found_;
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

std::vector<std::vector<int>> LeastArrangements(const std::vector<int>& counts, std::vector<ArrangedItem> items, std::size_t limit) {
  return Arranging(counts, std::move(items), limit).Run();
}

}  // namespace nacelle
