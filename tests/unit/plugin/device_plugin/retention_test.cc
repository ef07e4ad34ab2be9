// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/retention.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

using std::chrono::seconds;

TimePoint At(int second) { return TimePoint(seconds(second)); }

Grant Make(bool listed) {
  Grant grant;
  grant.resource = "r";
  grant.devices = {"a", "b"};
  grant.listed = listed;
  return grant;
}

const std::vector<Holding> kHeld{{"r", "b", "ns", "p", "c"}};

TEST(Retention, NotesAGrantThatIsListedForTheFirstTime) {
  Retention retention(seconds(60), seconds(3600));
  EXPECT_EQ(retention.Step({Make(false)}, kHeld, At(0), nullptr).newly_listed.size(), 1u);
  EXPECT_TRUE(retention.Step({Make(true)}, kHeld, At(1), nullptr).newly_listed.empty());
}

TEST(Retention, EndsAGrantThatTwoListsAMinuteApartDoNotName) {
  Retention retention(seconds(60), seconds(3600));
  EXPECT_TRUE(retention.Step({Make(true)}, {}, At(0), nullptr).ended.empty());
  EXPECT_TRUE(retention.Step({Make(true)}, {}, At(59), nullptr).ended.empty());
  EXPECT_EQ(retention.Step({Make(true)}, {}, At(60), nullptr).ended.size(), 1u);
}

TEST(Retention, AListThatNamesItInBetweenBeginsAnew) {
  Retention retention(seconds(60), seconds(3600));
  retention.Step({Make(true)}, {}, At(0), nullptr);
  retention.Step({Make(true)}, kHeld, At(30), nullptr);
  EXPECT_TRUE(retention.Step({Make(true)}, {}, At(70), nullptr).ended.empty());
  EXPECT_EQ(retention.Step({Make(true)}, {}, At(130), nullptr).ended.size(), 1u);
}

TEST(Retention, WhatWasNeverListedBecomesIdleAfterLong) {
  Retention retention(seconds(60), seconds(3600));
  retention.Step({Make(false)}, {}, At(0), nullptr);
  EXPECT_TRUE(retention.Step({Make(false)}, {}, At(3599), nullptr).idle.empty());
  const auto decision = retention.Step({Make(false)}, {}, At(3600), nullptr);
  EXPECT_EQ(decision.idle.size(), 1u);
  EXPECT_TRUE(decision.ended.empty());
}

TEST(Retention, AnIdleGrantStaysIdleUntilItsDevicesAreListed) {
  Retention retention(seconds(60), seconds(3600));
  auto grant = Make(false);
  grant.idle = true;
  retention.Step({grant}, {}, At(0), nullptr);
  const auto later = retention.Step({grant}, {}, At(100'000), nullptr);
  EXPECT_TRUE(later.idle.empty() && later.ended.empty());
  EXPECT_EQ(retention.Step({grant}, kHeld, At(100'001), nullptr).newly_listed.size(), 1u);
}

TEST(Retention, AGrantOfTheSameDevicesThatWasMadeMeanwhileBeginsAnew) {
  Retention retention(seconds(60), seconds(3600));
  auto earlier = Make(true);
  earlier.serial = 1;
  auto later = Make(true);
  later.serial = 2;
  retention.Step({earlier}, {}, At(0), nullptr);
  EXPECT_TRUE(retention.Step({later}, {}, At(60), nullptr).ended.empty());
  EXPECT_EQ(retention.Step({later}, {}, At(120), nullptr).ended.size(), 1u);
}

Grant MakeIdle() {
  auto grant = Make(false);
  grant.idle = true;
  return grant;
}

// An init container may run for long after somebody has removed the record.
TEST(Retention, WhatTheRecordHasLostStaysAsLongAsWhatNobodyIsNamedFor) {
  Retention retention(seconds(60), seconds(3600));
  const std::vector<Holding> nothing;
  auto started = Make(false);
  started.started = true;
  retention.Step({started}, {}, At(0), &kHeld);
  retention.Step({started}, {}, At(5), &nothing);
  const auto within = retention.Step({started}, {}, At(3599), &nothing);
  EXPECT_TRUE(within.ended.empty() && within.idle.empty());
  const auto late = retention.Step({started}, {}, At(3600), &nothing);
  EXPECT_TRUE(late.ended.empty());
  EXPECT_EQ(late.idle.size(), 1u);
}

TEST(Retention, AnIdleGrantEndsAMinuteAfterTheKubeletsRecordHasLostIt) {
  Retention retention(seconds(60), seconds(3600));
  const std::vector<Holding> nothing;
  retention.Step({Make(false)}, {}, At(0), &kHeld);
  EXPECT_EQ(retention.Step({Make(false)}, {}, At(3600), &kHeld).idle.size(), 1u);
  EXPECT_TRUE(retention.Step({MakeIdle()}, {}, At(3605), &nothing).ended.empty());
  EXPECT_TRUE(retention.Step({MakeIdle()}, {}, At(3664), &nothing).ended.empty());
  EXPECT_EQ(retention.Step({MakeIdle()}, {}, At(3665), &nothing).ended.size(), 1u);
}

// The record was not written again since, or not with what came last.
TEST(Retention, WhatWasNeverOnRecordBecomesIdleAndDoesNotEnd) {
  Retention retention(seconds(60), seconds(3600));
  const std::vector<Holding> nothing;
  retention.Step({Make(false)}, {}, At(0), &nothing);
  const auto late = retention.Step({Make(false)}, {}, At(3600), &nothing);
  EXPECT_EQ(late.idle.size(), 1u);
  EXPECT_TRUE(late.ended.empty());
  EXPECT_TRUE(retention.Step({MakeIdle()}, {}, At(10'000), &nothing).ended.empty());
}

TEST(Retention, ARecordThatCannotBeReadIsNotOneThatHadTheGrant) {
  Retention retention(seconds(60), seconds(3600));
  const std::vector<Holding> nothing;
  retention.Step({Make(false)}, {}, At(0), nullptr);
  retention.Step({Make(false)}, {}, At(3600), &nothing);
  EXPECT_TRUE(retention.Step({MakeIdle()}, {}, At(10'000), &nothing).ended.empty());
}

TEST(Retention, AnIdleGrantOfAnEarlierAgentEndsWhenTheRecordDoesNotHaveItAndStaysWhileThatIsUnknown) {
  Retention retention(seconds(60), seconds(3600));
  const std::vector<Holding> nothing;
  retention.Step({MakeIdle()}, {}, At(0), &nothing);
  EXPECT_TRUE(retention.Step({MakeIdle()}, {}, At(100), nullptr).ended.empty());
  EXPECT_TRUE(retention.Step({MakeIdle()}, {}, At(200), &kHeld).ended.empty());
  EXPECT_TRUE(retention.Step({MakeIdle()}, {}, At(205), &nothing).ended.empty());
  EXPECT_EQ(retention.Step({MakeIdle()}, {}, At(265), &nothing).ended.size(), 1u);
}

TEST(Retention, AnIdleGrantWhoseContainerStartsAgainIsKeptForLongAnew) {
  Retention retention(seconds(60), seconds(3600));
  retention.Step({Make(false)}, {}, At(0), &kHeld);
  retention.Step({MakeIdle()}, {}, At(3605), &kHeld);
  EXPECT_TRUE(retention.Step({Make(false)}, {}, At(5000), &kHeld).idle.empty());
  EXPECT_TRUE(retention.Step({Make(false)}, {}, At(8599), &kHeld).idle.empty());
  EXPECT_EQ(retention.Step({Make(false)}, {}, At(8600), &kHeld).idle.size(), 1u);
}

TEST(Retention, AListedGrantEndsAMinuteAfterItsPodWhateverTheRecordSaysSince) {
  Retention retention(seconds(60), seconds(3600));
  const std::vector<Holding> nothing;
  retention.Step({Make(true)}, {}, At(0), &kHeld);
  EXPECT_EQ(retention.Step({Make(true)}, {}, At(60), &nothing).ended.size(), 1u);
}

// A kubelet that has started hears of its pods one by one.
TEST(MayBeInUse, OneAnswerThatDoesNotNameTheHolderEndsNothing) {
  const std::vector<Holding> nobody;
  EXPECT_TRUE(MayBeInUse(Make(true), &nobody, "now"));
}

TEST(MayBeInUse, NotAfterARebootWhenItsHolderWasNeverNamed) {
  const std::vector<Holding> nobody;
  EXPECT_TRUE(MayBeInUse(Make(false), nullptr, "now"));
  EXPECT_FALSE(MayBeInUse(Make(false), &nobody, "now"));
}

TEST(MayBeInUse, NotWhenNoContainerWasSeenForLong) {
  auto grant = Make(false);
  grant.boot_id = "now";
  const std::vector<Holding> nobody;
  EXPECT_TRUE(MayBeInUse(grant, &nobody, "now"));
  grant.idle = true;
  EXPECT_FALSE(MayBeInUse(grant, &nobody, "now"));
}

TEST(Retention, AnotherResourcesDeviceOfThatNameDoesNotCount) {
  EXPECT_FALSE(IsNamed(Make(true), {{"s", "a", "ns", "p", "c"}}));
  EXPECT_TRUE(IsNamed(Make(true), kHeld));
}

}  // namespace
}  // namespace nacelle
