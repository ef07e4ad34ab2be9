// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/select/find.h"
#include "core/select/question.h"
#include "core/select/tuple_shape.h"
#include "tests/unit/core/select/machines.h"

namespace nacelle {
namespace {

// Nodes of which no two are equally far, so that little can be left out.
Inventory UnequalNodes(int nodes, int functions) {
  RandomMachine random(3);
  Inventory inventory{.node = "n"};
  for (int i = 0; i < nodes; ++i) {
    NumaNode node{i, true, {}};
    for (int j = 0; j < i; ++j) node.distances.push_back(inventory.numa[j].distances[i]);
    node.distances.push_back(10);
    for (int j = i + 1; j < nodes; ++j) node.distances.push_back(11 + random.Below(60));
    inventory.numa.push_back(node);
  }
  for (int i = 0; i < functions; ++i) {
    std::vector<std::string> operations{i % 2 == 0 ? "zlib" : "sha256"};
    if (i % 5 == 0) operations = {"sha256", "zlib"};
    inventory.functions.push_back(MakeFunction("f" + std::to_string(10'000 + i), i % nodes, operations));
  }
  return inventory;
}

// Each function has one to five of eight operations, and no two nodes lie alike.
Inventory EightOperations() {
  RandomMachine random(8);
  auto inventory = UnequalNodes(32, 1000);
  for (auto& function : inventory.functions) {
    function.operations.clear();
    for (int count = 1 + random.Below(5); count > 0; --count) function.operations.push_back("op" + std::to_string(random.Below(8)));
  }
  return inventory;
}

std::string EachOfEight(int count) {
  std::string text;
  for (int i = 0; i < 8; ++i) text += (i == 0 ? "" : " + ") + std::to_string(count) + " op" + std::to_string(i);
  return text;
}

SearchResult Ask(const Inventory& inventory, std::string_view text, long max_steps) {
  const auto query = Unfold(Q(text));
  const auto candidates = FindCandidates(inventory, query, {});
  return SearchAll(AskAll(inventory, query, candidates, {}), {10, max_steps});
}

TEST(Effort, IsBoundedWhateverTheQueryAndTheMachine) {
  constexpr long kMost = 20'000;
  for (const int nodes : {8, 64}) {
    const auto inventory = UnequalNodes(nodes, 1024);
    for (const auto* text : {"16 zlib", "400 zlib + 400 sha256", "190 zlib + 190 sha256", "600 zlib", "5 zlib + 5 sha256 + 5 zlib",
                             "3 zlib + 3 sha256 + 3 zlib chained=shared-address"}) {
      const auto result = Ask(inventory, text, kMost);
      EXPECT_LE(result.steps, kMost + kMost / 10) << text << " on " << nodes;
    }
  }
}

TEST(Effort, IsBoundedForWantsOfManyOperations) {
  constexpr long kMost = 100'000;
  constexpr long kFirstAnswer = 40'000;  // it is always finished
  const auto inventory = EightOperations();
  for (const int count : {1, 16, 60, 100}) {
    for (const auto* relation : {"", " near numa:3", " chained=shared-address"}) {
      const auto result = Ask(inventory, EachOfEight(count) + relation, kMost);
      EXPECT_LE(result.steps, kMost + kFirstAnswer) << count << relation;
    }
  }
}

TEST(Effort, OtherAnswersAreLookedForWhereTheNextOfTheSameKindWouldTakeTooMuch) {
  EXPECT_EQ(Ask(EightOperations(), EachOfEight(16), 100'000).best.size(), 10u);
}

TEST(Effort, WantsThatCannotAllBeServedAreKnownWithoutASearch) {
  const auto inventory = UnequalNodes(32, 1024);
  const auto result = Ask(inventory, "50 zlib + 50 zlib,interface=sw + 50 zlib,numa=1", 1'000);
  EXPECT_TRUE(result.best.empty());
  EXPECT_TRUE(result.proven);
}

TEST(Effort, AKindOfTupleOfManyQueuesCountsForMore) {
  Inventory inventory{.node = "n", .numa = {{0, true, {10, 21}}, {1, true, {21, 10}}}};
  for (int i = 0; i < 400; ++i) inventory.functions.push_back(MakeFunction("f" + std::to_string(100 + i), i % 2, {"zlib"}));
  const auto list = [&](std::string_view text) {
    const auto query = Q(text);
    const auto questions = AskAll(inventory, query, FindCandidates(inventory, query, {}), {});
    return ListShapes(questions, ClassifyQueues(questions), 20'000, 8'000).has_value();
  };
  EXPECT_TRUE(list("4 zlib"));
  EXPECT_FALSE(list("100 zlib"));
}

TEST(Effort, TheFirstAnswerIsFinishedHoweverLittleIsGranted) {
  for (const auto* text : {"16 zlib", "400 zlib + 400 sha256", "zlib"}) {
    const auto result = Ask(UnequalNodes(64, 1024), text, 1);
    EXPECT_FALSE(result.proven) << text;
    EXPECT_EQ(result.best.size(), 1u) << text;
  }
}

// Chains in one part: each zlib queue is linked to a sha256 queue of its own, the last one to all.
Inventory OneHub(int spokes) {
  Inventory inventory{.node = "n", .numa = {{0, true, {10}}}};
  const auto name = [](const char* kind, int i) { return kind + std::to_string(1000 + i); };
  for (int i = 0; i < spokes; ++i) {
    inventory.functions.push_back(MakeFunction(name("z", i), 0, {"zlib"}));
    inventory.functions.push_back(MakeFunction(name("s", i), 0, {"sha256"}));
    inventory.links.push_back({name("z", i), name("s", i), LinkStrength::kPeerToPeer, false});
    if (i + 1 < spokes) inventory.links.push_back({name("z", spokes - 1), name("s", i), LinkStrength::kPeerToPeer, false});
  }
  SortInventory(inventory);
  return inventory;
}

TEST(Effort, AChainIsBegunAnewWhereItsBeginningsLeadNowhere) {
  for (const int spokes : {2, 20, 100}) {
    const auto result = Ask(OneHub(spokes), "zlib + 2 sha256 chained", 1);
    EXPECT_FALSE(result.proven) << spokes;
    EXPECT_EQ(result.best.size(), 1u) << spokes;
  }
}

TEST(Effort, BeginningsThatLeadNowhereAreBounded) {
  constexpr long kPreparing = 7'000, kBeginnings = 8 * 800;
  const auto result = Ask(OneHub(400), "20 zlib + 2 sha256 chained", 1);
  EXPECT_TRUE(result.best.empty());
  EXPECT_FALSE(result.proven);
  EXPECT_GT(result.steps, kBeginnings);
  EXPECT_LE(result.steps, kPreparing + kBeginnings + kBeginnings / 10);
}

TEST(Effort, APartialChoiceOnMoreNodesCountsForMore) {
  constexpr long kMost = 5'000;
  const auto few = Ask(UnequalNodes(8, 64), "zlib + sha256", kMost), many = Ask(UnequalNodes(64, 64), "zlib + sha256", kMost);
  EXPECT_GT(many.steps, 2 * few.steps);
}

// Seven layers, of which each has some links to the next one: no chain has eight queues, and there are
// millions of seven.
TEST(Effort, ASearchThatGaveUpSaysSoWhenItMissed) {
  Inventory inventory{.node = "n", .numa = {{0, true, {10}}}};
  RandomMachine random(5);
  const auto name = [](int layer, int i) { return "f" + std::to_string(100 * layer + i + 100); };
  for (int layer = 0; layer < 7; ++layer) {
    for (int i = 0; i < 16; ++i) {
      inventory.functions.push_back(MakeFunction(name(layer, i), 0, {"zlib"}));
      for (int j = 0; layer < 6 && j < 16; ++j) {
        if (random.Below(2) == 0) inventory.links.push_back({name(layer, i), name(layer + 1, j), LinkStrength::kPeerToPeer, false});
      }
    }
  }
  SortInventory(inventory);
  const auto result = Find(inventory, Q("8 zlib chained"), {.max_steps = 1'000});
  ASSERT_TRUE(result.miss);
  EXPECT_NE(result.miss->message.find("gave up"), std::string::npos);
}

TEST(Effort, WhatCannotBeLinkedAtAllIsKnownWithoutASearch) {
  const auto result = Find(UnequalNodes(64, 1024), Q("3 zlib + 3 sha256 + 3 zlib + 3 sha256 chained=shared-address"), {.max_steps = 1'000});
  ASSERT_TRUE(result.miss);
  EXPECT_TRUE(result.proven_best);
}

}  // namespace
}  // namespace nacelle
