// SPDX-License-Identifier: Apache-2.0
#include "plugin/offer/taken_queues.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

Inventory With(const std::string& id) {
  Inventory inventory;
  inventory.functions = {{.id = id, .queues = {{.id = id, .nodes = {{"/dev/sw_zip-0", 244, 0}}}}}};
  return inventory;
}

HeldShare Held(const std::string& queue, std::vector<DeviceNumber> numbers) {
  return {"r", queue, {queue}, std::nullopt, Route::kDra, std::move(numbers)};
}

TEST(FindTaken, ANumberThatAContainerCanStillOpenIsNotGivenToAnotherQueue) {
  const auto taken = FindTaken(With("new"), {Held("old", {{244, 1}, {244, 0}})});
  ASSERT_TRUE(taken.contains("new"));
  EXPECT_EQ(taken.at("new"), "/dev/sw_zip-0 can still be opened by the holder of old");
}

TEST(FindTaken, TheQueueThatIsHeldIsNotTakenByItself) {
  EXPECT_TRUE(FindTaken(With("old"), {Held("old", {{244, 0}})}).empty());
}

TEST(OwnNumbers, ANodeThatAllUsersShareIsNobodys) {
  EXPECT_EQ(OwnNumbers({{"/dev/vfio/7", 511, 7}, {"/dev/vfio/vfio", 10, 196, true}}), (std::vector<DeviceNumber>{{511, 7}}));
}

TEST(FindTaken, OtherNumbersAreFree) {
  EXPECT_TRUE(FindTaken(With("new"), {Held("old", {{244, 1}, {245, 0}}), Held("other", {})}).empty());
}

}  // namespace
}  // namespace nacelle
