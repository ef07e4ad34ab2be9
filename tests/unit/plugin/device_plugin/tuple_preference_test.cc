// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/tuple_preference.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

Function MakeFunction(const std::string& id, int numa) {
  Function function{.id = id, .numa = numa};
  function.queues.emplace_back();
  function.queues[0].id = id;
  return function;
}

Inventory Machine() {
  Inventory inventory;
  inventory.numa = {{0, true, {10, 20}}, {1, true, {20, 10}}};
  inventory.functions = {MakeFunction("a", 0), MakeFunction("b", 1), MakeFunction("c", 1), MakeFunction("d", 1)};
  return inventory;
}

// t1 lies across both nodes, t2 at node 1.
Offer Tuples(int shares) {
  return {.resource = "d/x", .queues = {}, .tuples = {{"t1", {"a", "b"}, shares}, {"t2", {"c", "d"}, shares}}};
}

TEST(PreferTuples, TakesTheTupleWhoseFarthestQueueIsNearestToThePlace) {
  const auto inventory = Machine();
  const PreferenceRequest request{{"t1", "t2"}, {}, 1, Target{nullptr, 1}};
  EXPECT_EQ(PreferTuples(inventory, Tuples(1), request), (std::vector<std::string>{"t2"}));
}

TEST(PreferTuples, SpreadsOverTuples) {
  const auto inventory = Machine();
  EXPECT_EQ(PreferTuples(inventory, Tuples(2), {{"t1", "t1-1", "t2", "t2-1"}, {}, 2, {}}),
            (std::vector<std::string>{"t1", "t2"}));
}

TEST(PreferTuples, NeverFails) {
  EXPECT_TRUE(PreferTuples({}, Tuples(1), {{}, {}, 3, {}}).empty());
  EXPECT_EQ(PreferTuples({}, Tuples(1), {{"t2", "nobody"}, {"t1"}, 2, {}}).size(), 2u);
}

}  // namespace
}  // namespace nacelle
