// SPDX-License-Identifier: Apache-2.0
#include "core/select/packing.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "core/select/search.h"

namespace nacelle {
namespace {

constexpr std::size_t kMaxMet = 20'000;
constexpr long kOperationsAShape = 16;
constexpr long kOperationsARoom = 16;  // to look up what was met

// Shapes that have no class in common with those of other parts are packed apart.
std::vector<std::vector<std::size_t>> Components(const std::vector<TupleShape>& shapes, std::size_t classes) {
  std::vector<int> parent(classes);
  std::iota(parent.begin(), parent.end(), 0);
  const auto root = [&](int i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  for (const auto& shape : shapes) {
    for (const auto& use : shape.uses) parent[root(use.first)] = root(shape.uses.front().first);
  }
  std::map<int, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < shapes.size(); ++i) members[root(shapes[i].uses.front().first)].push_back(i);
  std::vector<std::vector<std::size_t>> components;
  components.reserve(members.size());
  for (auto& [first, shapes_of] : members) components.push_back(std::move(shapes_of));
  return components;
}

// Packs the shapes of one component.
class ComponentPacking {
 public:
  ComponentPacking(const std::vector<TupleShape>& shapes, std::vector<std::size_t> members, std::vector<int> rooms,
                   long max_steps)
      : shapes_(shapes), members_(std::move(members)), rooms_(std::move(rooms)), operations_left_(max_steps * kOperationsAStep) {
    for (const auto index : members_) {
      for (const auto& use : shapes[index].uses) classes_.push_back(use.first);
    }
    std::sort(classes_.begin(), classes_.end());
    classes_.erase(std::unique(classes_.begin(), classes_.end()), classes_.end());
    last_use_.resize(rooms_.size());
    for (std::size_t i = 0; i < members_.size(); ++i) {
      for (const auto& use : shapes[members_[i]].uses) last_use_[use.first] = i;
    }
  }

  Packing Run() && {
    TakeScarceFirst();
    Extend(0);
    Packing packing{std::vector<int>(shapes_.size()), operations_left_ > 0};
    for (const auto& [index, times] : best_taken_) packing.times[index] += times;
    return packing;
  }

 private:
  struct Total {
    long tuples = 0;
    TupleCost cost;

    bool IsBetterThan(const Total& other) const {
      return tuples != other.tuples ? tuples > other.tuples : cost < other.cost;
    }
  };

  int Most(const TupleShape& shape) const {
    int most = std::numeric_limits<int>::max();
    for (const auto& [index, count] : shape.uses) most = std::min(most, rooms_[index] / count);
    return most;
  }

  void Take(std::size_t index, int times) {
    const auto& shape = shapes_[index];
    for (const auto& [used, count] : shape.uses) rooms_[used] -= count * times;
    total_.tuples += times;
    total_.cost = total_.cost + shape.cost * times;
  }

  // A packing to begin with: classes that few shapes use are served first, so
  // that the others are left for many tuples.
  void TakeScarceFirst() {
    std::vector<long> shapes_with(rooms_.size());
    for (const auto index : members_) {
      for (const auto& use : shapes_[index].uses) ++shapes_with[use.first];
    }
    auto order = members_;
    const auto choice = [&](std::size_t index) {
      long sum = 0;
      for (const auto& [used, count] : shapes_[index].uses) sum += shapes_with[used] * count;
      return sum;
    };
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return choice(a) < choice(b); });
    for (const auto index : order) {
      if (const int times = Most(shapes_[index]); times > 0) {
        Take(index, times);
        taken_.emplace_back(index, times);
      }
    }
    KeepIfBetter();
    for (const auto& [index, times] : std::exchange(taken_, {})) Take(index, -times);
  }

  void KeepIfBetter() {
    if (!total_.IsBetterThan(best_)) return;
    best_ = total_;
    best_taken_ = taken_;
  }

  // How many more tuples there can be, at most, of the shapes from `first` on.
  long MostTuples(std::size_t first) const {
    long room = 0;
    for (const int index : classes_) {
      if (last_use_[index] >= first) room += rooms_[index];
    }
    return room / static_cast<long>(shapes_[members_.front()].classes.size());
  }

  // Whether no shapes from `first` on make it better than the best. What is
  // missing costs at least as much as the cheapest shapes, each as often as
  // there is room for it alone.
  bool IsHopeless(std::size_t first, long most) {
    long missing = best_.tuples - total_.tuples;
    if (most != missing) return most < missing;
    auto cost = total_.cost;
    auto i = first;
    for (; i < members_.size() && missing > 0 && cost < best_.cost; ++i) {
      const auto& shape = shapes_[members_[i]];
      const long times = std::min<long>(missing, Most(shape));
      cost = cost + shape.cost * times;
      missing -= times;
    }
    operations_left_ -= static_cast<long>(i - first) * kOperationsAShape;
    return missing > 0 || !(cost < best_.cost);
  }

  // Whether the same rest was met with as much already.
  bool IsKnown(std::size_t first) {
    if (met_.size() == kMaxMet) return false;
    std::vector<int> key{static_cast<int>(first)};
    for (const int index : classes_) key.push_back(rooms_[index]);
    const auto [at, is_new] = met_.emplace(std::move(key), total_);
    if (is_new) return false;
    if (!total_.IsBetterThan(at->second)) return true;
    at->second = total_;
    return false;
  }

  bool MayGoOn() { return (operations_left_ -= kOperationsAStep) > 0; }

  void Extend(std::size_t first) {
    KeepIfBetter();
    operations_left_ -= static_cast<long>(classes_.size()) * kOperationsARoom;
    if (first == members_.size() || IsKnown(first)) return;
    const long most = MostTuples(first);
    for (std::size_t i = first; i < members_.size() && MayGoOn(); ++i) {
      if (IsHopeless(i, most)) return;  // later ones cost no less
      for (int times = Most(shapes_[members_[i]]); times > 0 && MayGoOn(); --times) {
        Take(members_[i], times);
        taken_.emplace_back(members_[i], times);
        Extend(i + 1);
        taken_.pop_back();
        Take(members_[i], -times);
      }
    }
  }

  const std::vector<TupleShape>& shapes_;
  std::vector<std::size_t> members_;
  std::vector<int> rooms_;
  std::vector<int> classes_;
  std::vector<std::size_t> last_use_;  // [class]: the last of members_ that uses it
  long operations_left_;
  Total total_;
  Total best_;
  std::vector<std::pair<std::size_t, int>> taken_;
  std::vector<std::pair<std::size_t, int>> best_taken_;
  std::map<std::vector<int>, Total> met_;
};

}  // namespace

Packing Pack(const std::vector<TupleShape>& shapes, const std::vector<int>& rooms, long max_steps) {
  Packing packing{std::vector<int>(shapes.size()), true};
  const auto components = Components(shapes, rooms.size());
  for (const auto& component : components) {
    const auto steps = std::max(1L, max_steps / static_cast<long>(components.size()));
    const auto part = ComponentPacking(shapes, component, rooms, steps).Run();
    packing.proven = packing.proven && part.proven;
    for (std::size_t i = 0; i < shapes.size(); ++i) packing.times[i] += part.times[i];
  }
  return packing;
}

}  // namespace nacelle
