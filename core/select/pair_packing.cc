// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>

#include "core/select/packing.h"

namespace nacelle {
namespace {

// A flow of the least cost from the classes of the first want to those of the
// second, grown along shortest paths: each class lets pass as many as it has
// queues, each shape any number.
class PairFlow {
 public:
  PairFlow(const std::vector<TupleShape>& shapes, const std::vector<int>& rooms)
      : shapes_(shapes), rooms_(rooms), times_(shapes.size()) {}

  std::vector<int> Run() && {
    while (auto path = CheapestPath()) Grow(*path);
    return std::move(times_);
  }

 private:
  // How a class is reached: by a shape, forwards or back.
  struct Reached {
    TupleCost cost;
    std::optional<std::size_t> shape;  // absent: a path begins here
  };

  int FirstOf(std::size_t shape) const { return shapes_[shape].classes.front(); }
  int SecondOf(std::size_t shape) const { return shapes_[shape].classes.back(); }

  bool Improve(std::optional<Reached>& at, const Reached& way) {
    if (at && !(way.cost < at->cost)) return false;
    at = way;
    return true;
  }

  // Bellman and Ford: costs of ways back are negative.
  void ReachAll() {
    reached_.assign(rooms_.size(), std::nullopt);
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      if (rooms_[FirstOf(i)] > 0) reached_[FirstOf(i)] = Reached{};
    }
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = 0; i < shapes_.size(); ++i) {
        const auto& from = reached_[FirstOf(i)];
        if (from) changed = Improve(reached_[SecondOf(i)], {from->cost + shapes_[i].cost, i}) || changed;
        const auto& to = reached_[SecondOf(i)];
        if (to && times_[i] > 0) changed = Improve(reached_[FirstOf(i)], {to->cost - shapes_[i].cost, i}) || changed;
      }
    }
  }

  // The shapes of a path, from its end back to its beginning, forwards and
  // back by turns.
  std::optional<std::vector<std::size_t>> CheapestPath() {
    ReachAll();
    std::optional<int> end;
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      const int second = SecondOf(i);
      if (rooms_[second] == 0 || !reached_[second]) continue;
      if (!end || reached_[second]->cost < reached_[*end]->cost) end = second;
    }
    if (!end) return std::nullopt;
    std::vector<std::size_t> path;
    int at = *end;
    for (bool forwards = true; reached_[at]->shape; forwards = !forwards) {
      const auto shape = *reached_[at]->shape;
      path.push_back(shape);
      at = forwards ? FirstOf(shape) : SecondOf(shape);
    }
    return path;
  }

  void Grow(const std::vector<std::size_t>& path) {
    int& from = rooms_[FirstOf(path.back())];
    int& to = rooms_[SecondOf(path.front())];
    int amount = std::min(from, to);
    for (std::size_t i = 1; i < path.size(); i += 2) amount = std::min(amount, times_[path[i]]);
    for (std::size_t i = 0; i < path.size(); ++i) times_[path[i]] += i % 2 == 0 ? amount : -amount;
    from -= amount;
    to -= amount;
  }

  const std::vector<TupleShape>& shapes_;
  std::vector<int> rooms_;
  std::vector<int> times_;
  std::vector<std::optional<Reached>> reached_;
};

}  // namespace

bool ArePairsOfTwoSides(const std::vector<TupleShape>& shapes) {
  std::set<int> first;
  std::set<int> second;
  for (const auto& shape : shapes) {
    if (shape.classes.size() != 2) return false;
    first.insert(shape.classes.front());
    second.insert(shape.classes.back());
  }
  return std::none_of(first.begin(), first.end(), [&](int index) { return second.contains(index); });
}

Packing PackPairs(const std::vector<TupleShape>& shapes, const std::vector<int>& rooms) {
  return {PairFlow(shapes, rooms).Run(), true};
}

}  // namespace nacelle
