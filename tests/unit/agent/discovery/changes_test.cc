// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/changes.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

Inventory With(const std::string& id, Health health) {
  Inventory inventory;
  Function function;
  function.id = id;
  function.queues.push_back({});
  function.queues.front().id = id;
  function.queues.front().health = std::move(health);
  inventory.functions.push_back(function);
  return inventory;
}

TEST(Changes, EqualInventoriesHaveNone) {
  EXPECT_TRUE(Compare(With("a", {}), With("a", {})).empty());
}

TEST(Changes, AFunctionAppears) {
  EXPECT_EQ(Compare({}, With("a", {})), (std::vector<Change>{{Change::Kind::kAppeared, "a", ""}}));
}

TEST(Changes, WhatIsThereBeforeAndAfterIsComparedAndTheRestCameOrWent) {
  Inventory before = With("b", {});
  before.functions.push_back(With("c", {}).functions.front());
  before.functions.push_back(With("e", {}).functions.front());
  Inventory now = With("a", {});
  now.functions.push_back(With("c", {false, "why"}).functions.front());
  now.functions.push_back(With("d", {}).functions.front());
  EXPECT_EQ(Compare(before, now), (std::vector<Change>{{Change::Kind::kAppeared, "a", ""},
                                                      {Change::Kind::kVanished, "b", ""},
                                                      {Change::Kind::kUnhealthy, "c", "why"},
                                                      {Change::Kind::kAppeared, "d", ""},
                                                      {Change::Kind::kVanished, "e", ""}}));
}

TEST(Changes, AFunctionAppearsUnhealthy) {
  EXPECT_EQ(Compare({}, With("a", {false, "why"})),
            (std::vector<Change>{{Change::Kind::kAppeared, "a", ""}, {Change::Kind::kUnhealthy, "a", "why"}}));
}

TEST(Changes, AFunctionVanishes) {
  EXPECT_EQ(Compare(With("a", {}), {}), (std::vector<Change>{{Change::Kind::kVanished, "a", ""}}));
}

TEST(Changes, AQueueRecovers) {
  EXPECT_EQ(Compare(With("a", {false, "why"}), With("a", {})),
            (std::vector<Change>{{Change::Kind::kHealthy, "a", ""}}));
}

TEST(Changes, ContentsThatChangeAreToldWithThoseBefore) {
  auto before = With("a", {});
  before.functions[0].contents = Contents{"aa", 1};
  auto without = before;
  without.functions[0].contents->id.clear();
  auto now = before;
  now.functions[0].contents = Contents{"bb", 2};
  using Changes = std::vector<Change>;
  EXPECT_EQ(Compare(before, now), (Changes{{Change::Kind::kContents, "a", "aa (generation 1) -> bb (generation 2)"}}));
  EXPECT_EQ(Compare(before, without), (Changes{{Change::Kind::kContents, "a", "aa (generation 1) -> unknown"}}));
  EXPECT_EQ(Compare(without, now), (Changes{{Change::Kind::kContents, "a", "unknown -> bb (generation 2)"}}));
  EXPECT_TRUE(Compare(now, now).empty());
}

// As when the services of QAT are configured anew.
TEST(Changes, OperationsThatChangeAreToldWithThoseBefore) {
  auto before = With("a", {});
  before.functions[0].operations = {"rsa", "sha256"};
  auto now = before;
  now.functions[0].operations = {"deflate"};
  EXPECT_EQ(Compare(before, now), (std::vector<Change>{{Change::Kind::kOperations, "a", "rsa, sha256 -> deflate"}}));
  before.functions[0].operations.clear();
  EXPECT_EQ(Compare(before, now), (std::vector<Change>{{Change::Kind::kOperations, "a", "nothing -> deflate"}}));
}

TEST(Changes, AFunctionThatLosesItsDriverIsUnhealthyItself) {
  const auto before = With("a", {});
  auto now = before;
  now.functions[0].queues.clear();
  now.functions[0].health = {false, "no driver bound"};
  EXPECT_EQ(Compare(before, now), (std::vector<Change>{{Change::Kind::kUnhealthy, "a", "no driver bound"}}));
  EXPECT_EQ(Compare({}, now), (std::vector<Change>{{Change::Kind::kAppeared, "a", ""}, {Change::Kind::kUnhealthy, "a", "no driver bound"}}));
}

TEST(Changes, AProblemIsToldOnce) {
  Inventory inventory;
  inventory.problems = {{"/sys/a", "why"}};
  EXPECT_EQ(Compare({}, inventory), (std::vector<Change>{{Change::Kind::kProblem, "/sys/a", "why"}}));
  EXPECT_TRUE(Compare(inventory, inventory).empty());
}

}  // namespace
}  // namespace nacelle
