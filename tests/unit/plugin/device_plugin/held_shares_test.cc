// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/held_shares.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

Inventory With(const std::vector<std::string>& ids) {
  Inventory inventory;
  for (const auto& id : ids) {
    Function function;
    function.id = id;
    function.queues.emplace_back();
    function.queues[0].id = id;
    inventory.functions.push_back(function);
  }
  return inventory;
}

Grant GrantOf(const std::string& device, const std::string& queue, int division) {
  Grant grant{.resource = "d/x", .devices = {device}, .queues = {}, .boot_id = "b", .started = true, .listed = true};
  grant.queues.push_back({.id = queue, .function = queue, .division = division});
  return grant;
}

TEST(CollectHeldShares, AGrantTellsTheDivisionThatItWasMadeUnder) {
  const auto held = CollectHeldShares(With({"q"}), {}, {GrantOf("q-2", "q", 4)}, nullptr, {}, "b");
  EXPECT_EQ(held, (std::vector<HeldShare>{{"d/x", "q-2", {"q"}, 4}}));
}

TEST(CollectHeldShares, AGrantOfThisBootTellsWhatItsContainerCanOpen) {
  auto grant = GrantOf("q", "q", 1);
  grant.queues[0].nodes = {{"/dev/q", 244, 3}, {"/dev/vfio/vfio", 10, 196, true}};
  EXPECT_EQ(CollectHeldShares(With({"q"}), {}, {grant}, nullptr, {}, "b")[0].numbers, (std::vector<DeviceNumber>{{244, 3}}));
  EXPECT_TRUE(CollectHeldShares(With({"q"}), {}, {grant}, nullptr, {}, "next boot")[0].numbers.empty());
}

TEST(CollectHeldShares, AGrantWithWhichNoContainerWasStartedHoldsItsQueueWithoutItsNumber) {
  const std::vector<Holding> nobody;
  auto grant = GrantOf("q", "q", 1);
  grant.queues[0].nodes = {{"/dev/q", 244, 3}};
  grant.started = grant.listed = false;
  EXPECT_EQ(CollectHeldShares(With({"q"}), {}, {grant}, &nobody, {}, "b"), (std::vector<HeldShare>{{"d/x", "q", {"q"}, 1}}));
}

TEST(CollectHeldShares, AGrantThatNobodyCanHaveAnyMoreHoldsNothing) {
  const std::vector<Holding> nobody;
  auto grant = GrantOf("q", "q", 1);
  grant.idle = true;
  grant.listed = false;
  EXPECT_TRUE(CollectHeldShares(With({"q"}), {}, {grant}, &nobody, {}, "b").empty());
}

TEST(CollectHeldShares, AGrantWhoseHolderIsNotNamedForOnceHoldsItsQueueAndItsNumber) {
  const std::vector<Holding> nobody;
  auto grant = GrantOf("q", "q", 1);
  grant.queues[0].nodes = {{"/dev/q", 244, 3}};
  const auto held = CollectHeldShares({}, {}, {grant}, &nobody, {}, "b");
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held[0].numbers, (std::vector<DeviceNumber>{{244, 3}}));
}

TEST(CollectHeldShares, WhatIsNamedWithoutARecordIsHeldTooInAnUnknownDivision) {
  const std::vector<Holding> holdings{{"d/x", "q-3", "ns", "pod", "c"}, {"d/x", "elsewhere", "ns", "pod", "c"}};
  EXPECT_EQ(CollectHeldShares(With({"q"}), {}, {}, &holdings, {}, "b"),
            (std::vector<HeldShare>{{"d/x", "q-3", {"q"}, std::nullopt}}));
}

TEST(CollectHeldShares, WhatIsBeingAllocatedIsHeld) {
  EXPECT_EQ(CollectHeldShares(With({"q", "q-1"}), {}, {}, nullptr, {{"d/x", "q-1"}}, "b"),
            (std::vector<HeldShare>{{"d/x", "q-1", {"q-1"}, std::nullopt}}));
}

TEST(CollectHeldShares, AGrantOfABundleHoldsAllQueuesOfItsTuple) {
  auto grant = GrantOf("b-0123456789abcdef0123-1", "q", 2);
  grant.members = {{grant.devices[0], {"q", "p"}}};
  EXPECT_EQ(CollectHeldShares(With({"p", "q"}), {}, {grant}, nullptr, {}, "b"),
            (std::vector<HeldShare>{{"d/x", grant.devices[0], {"q", "p"}, 2}}));
}

TEST(CollectHeldShares, ATupleThatIsNamedWithoutARecordIsKnownFromTheList) {
  const std::vector<SavedTuple> tuples{{"d/x", "b-1", {"q", "p"}, ""}};
  const std::vector<Holding> holdings{{"d/x", "b-1-3", "ns", "pod", "c"}};
  EXPECT_EQ(CollectHeldShares(With({"p", "q"}), tuples, {}, &holdings, {}, "b"),
            (std::vector<HeldShare>{{"d/x", "b-1-3", {"q", "p"}, std::nullopt}}));
}

TEST(FindForgottenTuples, AreThoseOfGrantsThatTheListDoesNotKnow) {
  auto grant = GrantOf("b-0123456789abcdef0123-1", "q", 2);
  grant.members = {{grant.devices[0], {"q", "p"}}};
  const SavedTuple tuple{"d/x", "b-0123456789abcdef0123", {"q", "p"}, ""};
  EXPECT_EQ(FindForgottenTuples({}, {grant, grant}), (std::vector<SavedTuple>{tuple}));
  EXPECT_TRUE(FindForgottenTuples({tuple}, {grant}).empty());
}

}  // namespace
}  // namespace nacelle
