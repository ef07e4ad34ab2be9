// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/tuple_preference.h"

#include <gtest/gtest.h>

#include "tests/unit/core/select/machines.h"

namespace nacelle {
namespace {

Inventory Machine() {
  Inventory inventory;
  inventory.numa = {{0, true, {10, 20}}, {1, true, {20, 10}}};
  inventory.functions = {MakeFunction("a", 0, {}), MakeFunction("b", 1, {}), MakeFunction("c", 1, {}), MakeFunction("d", 1, {})};
  return inventory;
}

// t1 lies across both nodes, t2 at node 1.
Offer Tuples(int shares) {
  return {.resource = "d/x", .queues = {}, .tuples = {{"t1", {"a", "b"}, shares}, {"t2", {"c", "d"}, shares}}};
}

TEST(PreferTuples, TakesTheTupleWhoseQueuesTogetherAreNearestToThePlace) {
  const auto inventory = Machine();
  const PreferenceRequest request{{"t1", "t2"}, {}, 1, Target{nullptr, 1}};
  EXPECT_EQ(PreferTuples(inventory, Tuples(1), request), (std::vector<std::string>{"t2"}));
}

TEST(PreferTuples, SpreadsOverTuples) {
  const auto inventory = Machine();
  EXPECT_EQ(PreferTuples(inventory, Tuples(2), {{"t1", "t1-1", "t2", "t2-1"}, {}, 2, {}}),
            (std::vector<std::string>{"t1", "t2"}));
}

TEST(PreferTuples, WithoutAPlaceTakesThoseWhoseQueuesAreNearEachOther) {
  const auto inventory = Machine();
  EXPECT_EQ(PreferTuples(inventory, Tuples(1), {{"t1", "t2"}, {}, 1, {}}), (std::vector<std::string>{"t2"}));
}

TEST(PreferTuples, WhatTheOfferDoesNotHaveIsTakenOnlyWhereThereIsNothingElse) {
  const auto inventory = Machine();
  EXPECT_EQ(PreferTuples(inventory, Tuples(1), {{"nobody", "t1", "t2"}, {}, 2, {}}), (std::vector<std::string>{"t1", "t2"}));
}

// Distances by the plainest means: over all queues of all tuples of a choice.
struct Far {
  long place = 0, within = 0, between = 0;
  auto operator<=>(const Far&) const = default;
};

Far FarOf(const Inventory& inventory, const std::vector<OfferedTuple>& tuples, const Target& place) {
  Far far;
  const auto function = [&](const std::string& id) -> const Function& { return *FindQueue(inventory, id).function; };
  for (std::size_t t = 0; t < tuples.size(); ++t) {
    for (std::size_t a = 0; a < tuples[t].queues.size(); ++a) {
      const auto& one = function(tuples[t].queues[a]);
      far.place += DistanceTo(inventory, one, place);
      for (std::size_t b = 0; b < a; ++b) far.within += FunctionDistance(inventory, one, function(tuples[t].queues[b]));
      for (std::size_t u = 0; u < t; ++u) {
        for (const auto& other : tuples[u].queues) far.between += FunctionDistance(inventory, one, function(other));
      }
    }
  }
  return far;
}

TEST(PreferTuples, AChoiceIsJudgedByAllQueuesOfItsTuples) {
  for (unsigned seed = 0; seed < 1000; ++seed) {
    RandomMachine random(seed);
    const auto inventory = random.Make(9);
    std::vector<std::string> queues;
    for (const auto& function : inventory.functions) {
      for (const auto& queue : function.queues) queues.push_back(queue.id);
    }
    Offer offer{.resource = "d/x"};
    for (std::size_t i = 0; i + 1 < queues.size(); i += 2) {
      offer.tuples.push_back({"t" + std::to_string(i), {queues[i], queues[i + 1]}, 1});
    }
    if (offer.tuples.size() < 2) continue;
    const Target place{nullptr, random.Below(4)};
    PreferenceRequest request{{}, {}, 2, place};
    for (const auto& tuple : offer.tuples) request.available.push_back(tuple.id);
    std::optional<std::pair<Far, std::vector<std::string>>> best;
    for (const auto& a : offer.tuples) {
      for (const auto& b : offer.tuples) {
        const std::pair choice(FarOf(inventory, {a, b}, place), std::vector{a.id, b.id});
        if (a.id < b.id && (!best || choice < *best)) best = choice;
      }
    }
    ASSERT_EQ(PreferTuples(inventory, offer, request), best->second) << seed;
  }
}

TEST(PreferTuples, NeverFails) {
  EXPECT_TRUE(PreferTuples({}, Tuples(1), {{}, {}, 3, {}}).empty());
  EXPECT_EQ(PreferTuples({}, Tuples(1), {{"t2", "nobody"}, {"t1"}, 2, {}}).size(), 2u);
}

}  // namespace
}  // namespace nacelle
