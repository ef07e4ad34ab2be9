// SPDX-License-Identifier: Apache-2.0
#include "core/select/packing.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace nacelle {
namespace {

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
  for (auto& [first, shapes_of] : members) components.push_back(std::move(shapes_of));
  return components;
}

// Packs the shapes of one component.
class ComponentPacking {
 public:
  ComponentPacking(const std::vector<TupleShape>& shapes, std::vector<std::size_t> members, std::vector<int> rooms,
                   long max_steps)
      : shapes_(shapes), members_(std::move(members)), rooms_(std::move(rooms)), steps_left_(max_steps) {
    for (const auto index : members_) {
      for (const auto& use : shapes[index].uses) classes_.push_back(use.first);
    }
    std::sort(classes_.begin(), classes_.end());
    classes_.erase(std::unique(classes_.begin(), classes_.end()), classes_.end());
  }

  Packing Run() && {
    Extend(0);
    Packing packing{std::vector<int>(shapes_.size()), steps_left_ > 0};
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

  // How many more tuples there can be, at most, of the shapes from `first` on.
  long MostTuples(std::size_t first) const {
    std::vector<bool> counted(rooms_.size());
    long room = 0;
    for (std::size_t i = first; i < members_.size(); ++i) {
      for (const auto& use : shapes_[members_[i]].uses) {
        if (!counted[use.first]) room += rooms_[use.first];
        counted[use.first] = true;
      }
    }
    return room / static_cast<long>(shapes_[members_.front()].classes.size());
  }

  bool IsHopeless(std::size_t first, long most) const {
    const long missing = best_.tuples - total_.tuples;
    if (most != missing) return most < missing;
    return !(total_.cost + shapes_[members_[first]].cost * missing < best_.cost);
  }

  // Whether the same rest was met with as much already.
  bool IsKnown(std::size_t first) {
    std::vector<int> key{static_cast<int>(first)};
    for (const int index : classes_) key.push_back(rooms_[index]);
    const auto [at, is_new] = met_.emplace(std::move(key), total_);
    if (is_new) return false;
    if (!total_.IsBetterThan(at->second)) return true;
    at->second = total_;
    return false;
  }

  void Extend(std::size_t first) {
    if (total_.IsBetterThan(best_)) {
      best_ = total_;
      best_taken_ = taken_;
    }
    if (first == members_.size() || IsKnown(first)) return;
    const long most = MostTuples(first);
    for (std::size_t i = first; i < members_.size() && steps_left_ > 0; ++i) {
      if (IsHopeless(i, most)) return;  // later ones cost no less
      for (int times = Most(shapes_[members_[i]]); times > 0 && steps_left_-- > 0; --times) {
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
  long steps_left_;
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
