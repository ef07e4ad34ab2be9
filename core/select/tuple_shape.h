// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "core/select/candidates.h"
#include "core/select/question.h"

namespace nacelle {

// The cost of tuples, in the order in which it is compared. Sums add up.
struct TupleCost {
  long strength = 0;
  long place = 0;
  long pairs = 0;

  bool operator==(const TupleCost&) const = default;
  bool operator<(const TupleCost& other) const {
    return std::tie(strength, place, pairs) < std::tie(other.strength, other.place, other.pairs);
  }
  TupleCost operator+(const TupleCost& other) const {
    return {strength + other.strength, place + other.place, pairs + other.pairs};
  }
  TupleCost operator-(const TupleCost& other) const {
    return {strength - other.strength, place - other.place, pairs - other.pairs};
  }
  TupleCost operator*(long times) const { return {strength * times, place * times, pairs * times}; }
};

// Queues that can stand for each other in every tuple.
struct QueueClass {
  int node = 0;
  unsigned wants = 0;
  int group = 0;
  std::vector<std::optional<int>> places;  // in each question; absent: not to be had there
  std::vector<int> ranks;                  // ascending

  auto Key() const { return std::tie(node, wants, group, places); }
};

// A kind of tuple: how many queues of which class serve which want.
struct TupleShape {
  std::vector<int> classes;                // in the order of the wants
  std::vector<std::pair<int, int>> uses;   // class, number of queues; by class
  TupleCost cost;
};

// The classes of queues in questions that differ in places only.
std::vector<QueueClass> ClassifyQueues(const std::vector<Question>& questions);

// All kinds of tuples, by cost; of those with the same `uses` the cheapest. Absent
// when there are more than `limit`, or finding them takes more than `max_steps`.
std::optional<std::vector<TupleShape>> ListShapes(const std::vector<Question>& questions,
                                                  const std::vector<QueueClass>& classes, std::size_t limit,
                                                  long max_steps);

}  // namespace nacelle
