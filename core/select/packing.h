// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/select/tuple_shape.h"

namespace nacelle {

// How often each shape is taken.
struct Packing {
  std::vector<int> times;  // in the order of the shapes
  bool proven = true;      // that there is no better one
};

// As many tuples as the classes have queues for, then the least cost, by
// branch and bound: for any shapes, sorted by cost. `rooms`: queues a class.
// `max_steps` bounds the work, see SearchEffort.
Packing Pack(const std::vector<TupleShape>& shapes, const std::vector<int>& rooms, long max_steps);

// Whether all shapes are pairs of a class from one side and a class from the other.
bool ArePairsOfTwoSides(const std::vector<TupleShape>& shapes);

// The same for such pairs, as a flow: always proven, in polynomial time.
Packing PackPairs(const std::vector<TupleShape>& shapes, const std::vector<int>& rooms);

}  // namespace nacelle
