// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/taken_queues.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

Inventory With(const std::string& id, const DeviceNode& node) {
  Inventory inventory;
  inventory.functions = {{.id = id, .queues = {{.id = id, .nodes = {node}}}}};
  return inventory;
}

Grant GrantOf(const std::string& queue, const DeviceNode& node, bool listed) {
  return {.resource = "r", .devices = {queue}, .queues = {{queue, queue, 1, {node}, {}, {}}}, .boot_id = "boot", .listed = listed};
}

const DeviceNode kNode{"/dev/sw_zip-0", 244, 0};
const std::vector<Holding> kHeld{{"r", "old", "ns", "p", "c"}};
const std::vector<Holding> kNobody;

TEST(FindTaken, ANumberThatAContainerStillHasIsNotGivenToAnotherQueue) {
  const auto taken = FindTaken(With("new", kNode), {GrantOf("old", kNode, true)}, &kHeld, "boot");
  ASSERT_TRUE(taken.contains("new"));
  EXPECT_EQ(taken.at("new"), "/dev/sw_zip-0 can still be opened by the holder of old");
}

TEST(FindTaken, TheQueueThatWasGrantedIsNotTakenByItself) {
  EXPECT_TRUE(FindTaken(With("old", kNode), {GrantOf("old", kNode, true)}, &kHeld, "boot").empty());
}

TEST(FindTaken, AReleasedNumberIsFree) {
  EXPECT_TRUE(FindTaken(With("new", kNode), {GrantOf("old", kNode, true)}, &kNobody, "boot").empty());
}

TEST(FindTaken, UntilTheKubeletHasAnsweredEveryRecordCounts) {
  EXPECT_FALSE(FindTaken(With("new", kNode), {GrantOf("old", kNode, true)}, nullptr, "boot").empty());
}

TEST(FindTaken, WhatPodResourcesMayLeaveOutCounts) {
  EXPECT_FALSE(FindTaken(With("new", kNode), {GrantOf("old", kNode, false)}, &kNobody, "boot").empty());
}

TEST(FindTaken, AfterARebootNumbersBelongToNobody) {
  EXPECT_TRUE(FindTaken(With("new", kNode), {GrantOf("old", kNode, true)}, &kHeld, "next boot").empty());
}

TEST(FindTaken, ANodeThatAllUsersShareIsNobodys) {
  const DeviceNode common{"/dev/vfio/vfio", 10, 196, true};
  EXPECT_TRUE(FindTaken(With("new", common), {GrantOf("old", common, true)}, &kHeld, "boot").empty());
}

}  // namespace
}  // namespace nacelle
