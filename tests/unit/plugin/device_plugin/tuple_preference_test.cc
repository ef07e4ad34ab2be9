// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/tuple_preference.h"

#include <gtest/gtest.h>

#include <algorithm>

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
  long place = 0, pairs = 0;
  auto operator<=>(const Far&) const = default;
};

Far FarOf(const Inventory& inventory, const std::vector<OfferedTuple>& tuples, const Target& place) {
  Far far;
  const auto function = [&](const std::string& id) -> const Function& { return *FindQueue(inventory, id).function; };
  for (std::size_t t = 0; t < tuples.size(); ++t) {
    for (std::size_t a = 0; a < tuples[t].queues.size(); ++a) {
      const auto& one = function(tuples[t].queues[a]);
      far.place += DistanceTo(inventory, one, place);
      for (std::size_t b = 0; b < a; ++b) far.pairs += FunctionDistance(inventory, one, function(tuples[t].queues[b]));
      for (std::size_t u = 0; u < t; ++u) {
        for (const auto& other : tuples[u].queues) far.pairs += FunctionDistance(inventory, one, function(other));
      }
    }
  }
  return far;
}

// The queues of a random machine in pairs.
Offer PairsOf(const Inventory& inventory) {
  std::vector<std::string> queues;
  for (const auto& function : inventory.functions) {
    for (const auto& queue : function.queues) queues.push_back(queue.id);
  }
  Offer offer{.resource = "d/x"};
  for (std::size_t i = 0; i + 1 < queues.size(); i += 2) {
    offer.tuples.push_back({"t" + std::to_string(i), {queues[i], queues[i + 1]}, 1});
  }
  return offer;
}

// All of `must`, the first ones, with the best two of the others: each two are looked at.
std::vector<std::string> BestTwo(const Inventory& inventory, const Offer& offer, const std::vector<OfferedTuple>& must, const Target& place) {
  std::optional<std::pair<Far, std::vector<std::string>>> best;
  for (std::size_t a = must.size(); a < offer.tuples.size(); ++a) {
    for (std::size_t b = a + 1; b < offer.tuples.size(); ++b) {
      auto all = must;
      all.insert(all.end(), {offer.tuples[a], offer.tuples[b]});
      std::pair<Far, std::vector<std::string>> choice(FarOf(inventory, all, place), {});
      for (const auto& tuple : all) choice.second.push_back(tuple.id);
      std::sort(choice.second.begin(), choice.second.end());
      if (!best || choice < *best) best = choice;
    }
  }
  return best->second;
}

TEST(PreferTuples, AChoiceIsJudgedByAllQueuesOfItsTuplesAndOfThoseThatMustBeIncluded) {
  for (unsigned seed = 0; seed < 1000; ++seed) {
    RandomMachine random(seed);
    const auto inventory = random.Make(11);
    const auto offer = PairsOf(inventory);
    if (offer.tuples.size() < 3) continue;
    const std::vector<OfferedTuple> must(offer.tuples.begin(), offer.tuples.begin() + seed % 2);
    const Target place{nullptr, random.Below(4)};
    PreferenceRequest request{{}, {}, static_cast<int>(2 + must.size()), place};
    for (const auto& tuple : offer.tuples) request.available.push_back(tuple.id);
    for (const auto& tuple : must) request.must_include.push_back(tuple.id);
    ASSERT_EQ(PreferTuples(inventory, offer, request), BestTwo(inventory, offer, must, place)) << seed;
  }
}

// By themselves the queues of "far" are nearest to each other.
TEST(PreferTuples, WhatIsNearToTheOnesThatMustBeIncludedComesBeforeWhatIsNearToItself) {
  Inventory inventory;
  inventory.numa = {{0, true, {10, 12, 100}}, {1, true, {12, 10, 100}}, {2, true, {100, 100, 10}}};
  const std::vector<int> nodes = {0, 0, 0, 1, 2, 2};
  for (int i = 0; i < 6; ++i) inventory.functions.push_back(MakeFunction(std::string(1, static_cast<char>('a' + i)), nodes[i], {}));
  const Offer offer{.resource = "d/x", .queues = {}, .tuples = {{"far", {"e", "f"}, 1}, {"must", {"a", "b"}, 1}, {"near", {"c", "d"}, 1}}};
  EXPECT_EQ(PreferTuples(inventory, offer, {{"far", "must", "near"}, {"must"}, 2, {}}), (std::vector<std::string>{"must", "near"}));
}

TEST(PreferTuples, NeverFails) {
  EXPECT_TRUE(PreferTuples({}, Tuples(1), {{}, {}, 3, {}}).empty());
  EXPECT_EQ(PreferTuples({}, Tuples(1), {{"t2", "nobody"}, {"t1"}, 2, {}}).size(), 2u);
}

}  // namespace
}  // namespace nacelle
