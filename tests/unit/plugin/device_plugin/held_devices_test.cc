// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/held_devices.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

Inventory With(unsigned minor) {
  Inventory inventory;
  Function function;
  function.id = "a";
  Queue queue;
  queue.id = "a";
  queue.nodes = {{"/dev/a", 240, minor}};
  function.queues = {queue};
  inventory.functions = {function};
  return inventory;
}

Grant Granted(unsigned minor, bool listed) {
  Grant grant;
  grant.resource = "r";
  grant.devices = {"a-1"};
  grant.queues = {{"a", "a", 1, {{"/dev/a", 240, minor}}, {}, {}}};
  grant.boot_id = "boot";
  grant.started = true;
  grant.listed = listed;
  return grant;
}

TEST(CollectHeld, JoinsWhatIsListedAndWhatIsRecorded) {
  const std::vector<Holding> holdings{{"s", "x", "ns", "p", "c"}};
  const HeldDevices expected{{"r", {{"a-1", {false}}}}, {"s", {{"x", {false}}}}};
  EXPECT_EQ(CollectHeld(With(0), {Granted(0, false)}, &holdings, "boot"), expected);
}

TEST(CollectHeld, AQueueThatIsNotWhatWasGrantedIsChanged) {
  EXPECT_TRUE(CollectHeld(With(1), {Granted(0, false)}, nullptr, "boot").at("r").at("a-1").changed);
  EXPECT_TRUE(CollectHeld({}, {Granted(0, true)}, nullptr, "boot").at("r").at("a-1").changed);
}

TEST(CollectHeld, ATupleOfWhichOneQueueIsNotWhatWasGrantedIsChanged) {
  auto grant = Granted(0, false);
  grant.devices = {"b-1", "b-2"};
  grant.members = {{"b-1", {"z", "a"}}, {"b-2", {"y"}}};
  grant.queues.push_back({"z", "z", 1, {}, {}, {}});
  const auto held = CollectHeld(With(1), {grant}, nullptr, "boot");
  EXPECT_TRUE(held.at("r").at("b-1").changed);
  EXPECT_FALSE(held.at("r").at("b-2").changed);
}

TEST(CollectHeld, AChangedQueueIsNotWellBeforeItsHolderHasEnded) {
  const std::vector<Holding> nobody;
  EXPECT_TRUE(CollectHeld(With(1), {Granted(0, true)}, &nobody, "boot").at("r").at("a-1").changed);
  EXPECT_TRUE(CollectHeld(With(1), {Granted(0, false)}, &nobody, "boot").at("r").at("a-1").changed);
}

TEST(CollectHeld, AChangedQueueWithWhichNoContainerWasStartedIsWellUnlessAPodIsNamed) {
  const std::vector<Holding> nobody;
  const std::vector<Holding> somebody{{"r", "a-1", "ns", "p", "c"}};
  auto grant = Granted(0, false);
  grant.started = false;
  EXPECT_FALSE(CollectHeld(With(1), {grant}, &nobody, "boot").at("r").at("a-1").changed);
  EXPECT_TRUE(CollectHeld(With(1), {grant}, &somebody, "boot").at("r").at("a-1").changed);
}

// The one before this one allows a start after this one has read its records.
TEST(CollectHeld, AChangedQueueThatAnotherAgentGrantedIsNotWellThoughNoStartIsOnRecord) {
  const std::vector<Holding> nobody;
  auto grant = Granted(0, false);
  grant.started = false;
  grant.inherited = true;
  EXPECT_TRUE(CollectHeld(With(1), {grant}, &nobody, "boot").at("r").at("a-1").changed);
  grant.idle = true;
  EXPECT_FALSE(CollectHeld(With(1), {grant}, &nobody, "boot").at("r").at("a-1").changed);
}

TEST(CollectHeld, AfterARebootWhatNobodyIsNamedForIsWellAgain) {
  const std::vector<Holding> nobody;
  EXPECT_FALSE(CollectHeld(With(1), {Granted(0, false)}, &nobody, "next boot").at("r").at("a-1").changed);
  EXPECT_FALSE(CollectHeld(With(1), {Granted(0, true)}, &nobody, "next boot").at("r").at("a-1").changed);
}

}  // namespace
}  // namespace nacelle
