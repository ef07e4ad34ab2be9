// SPDX-License-Identifier: Apache-2.0
#include "core/model/inventory.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

Inventory TwoNodes() {
  Inventory inventory;
  inventory.numa = {{0, true, {10, 21}}, {2, false, {31, 10}}};
  Function a{.id = "a", .numa = 0, .queues = {{.id = "a"}}};
  Function b{.id = "b", .numa = 2, .queues = {{.id = "b-q0"}, {.id = "b-q1"}}};
  inventory.functions = {a, b};
  return inventory;
}

TEST(Inventory, FunctionDistanceIsTheLargerOfBothDirections) {
  const auto inventory = TwoNodes();
  EXPECT_EQ(NumaDistance(inventory, 0, 2), 21);
  EXPECT_EQ(FunctionDistance(inventory, inventory.functions[0], inventory.functions[1]), 31);
}

TEST(Inventory, UnknownPlacesAreAsFarAsCanBe) {
  const auto inventory = TwoNodes();
  EXPECT_EQ(NumaDistance(inventory, std::nullopt, 0), kUnknownDistance);
  EXPECT_EQ(NumaDistance(inventory, 0, 7), kUnknownDistance);
}

TEST(Inventory, QueuesAreFoundWithTheirFunction) {
  const auto inventory = TwoNodes();
  const auto ref = FindQueue(inventory, "b-q1");
  ASSERT_TRUE(ref);
  EXPECT_EQ(ref.function->id, "b");
  EXPECT_FALSE(FindQueue(inventory, "c"));
}

TEST(Inventory, AQueueIsNoHealthierThanItsFunction) {
  auto inventory = TwoNodes();
  inventory.functions[0].health = {false, "isolated"};
  EXPECT_EQ(EffectiveHealth(FindQueue(inventory, "a")).reason, "isolated");
  EXPECT_TRUE(EffectiveHealth(FindQueue(inventory, "b-q0")).healthy);
}

}  // namespace
}  // namespace nacelle
