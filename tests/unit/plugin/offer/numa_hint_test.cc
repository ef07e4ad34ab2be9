// SPDX-License-Identifier: Apache-2.0
#include "plugin/offer/numa_hint.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

// Nodes 0 and 1 with CPUs, 2 (HBM) nearer to 1.
Inventory Machine() {
  Inventory inventory;
  inventory.numa = {{0, true, {10, 21, 24}}, {1, true, {21, 10, 13}}, {2, false, {24, 13, 10}}};
  return inventory;
}

Function At(std::optional<int> node) {
  Function function;
  function.numa = node;
  return function;
}

TEST(NumaHint, IsTheFunctionsOwnNodeWhereItHasCpus) {
  EXPECT_EQ(NumaHint(Machine(), At(0)), std::vector<int>{0});
}

TEST(NumaHint, IsTheNearestNodeWithCpusForAFunctionAtHbm) {
  EXPECT_EQ(NumaHint(Machine(), At(2)), std::vector<int>{1});
}

TEST(NumaHint, IsEmptyWhereTheLocalityIsUnknown) { EXPECT_TRUE(NumaHint(Machine(), At(std::nullopt)).empty()); }

TEST(NumaHint, IsEmptyForANodeThatTheMachineDoesNotHave) { EXPECT_TRUE(NumaHint(Machine(), At(7)).empty()); }

TEST(NumaHint, IsEmptyWhenEveryNodeIsAsNear) {
  auto machine = Machine();
  machine.numa[2].distances = {13, 13, 10};
  EXPECT_TRUE(NumaHint(machine, At(2)).empty());
}

TEST(NumaHint, IsTheOnlyNodeOfAMachineWithOne) {
  Inventory machine;
  machine.numa = {{0, true, {10, 20}}, {1, false, {20, 10}}};
  EXPECT_EQ(NumaHint(machine, At(1)), std::vector<int>{0});
}

TEST(NumaHint, NamesFewNodesOnAMachineWithMany) {
  Inventory machine;
  for (int id = 0; id < 34; ++id) machine.numa.push_back({id, id < 33, std::vector<int>(34, 20)});
  machine.numa[33].distances[32] = 40;
  EXPECT_EQ(NumaHint(machine, At(33)).size(), 4u);
}

TEST(NumaHint, IsEmptyWhereNoDistanceIsKnown) {
  Inventory machine;
  machine.numa = {{0, true, {}}, {1, true, {}}, {2, false, {}}};
  EXPECT_TRUE(NumaHint(machine, At(2)).empty());
}

}  // namespace
}  // namespace nacelle
