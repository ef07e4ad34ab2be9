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
  EXPECT_EQ(retention.Step({Make(false)}, kHeld, At(0)).newly_listed.size(), 1u);
  EXPECT_TRUE(retention.Step({Make(true)}, kHeld, At(1)).newly_listed.empty());
}

TEST(Retention, EndsAGrantThatTwoListsAMinuteApartDoNotName) {
  Retention retention(seconds(60), seconds(3600));
  EXPECT_TRUE(retention.Step({Make(true)}, {}, At(0)).ended.empty());
  EXPECT_TRUE(retention.Step({Make(true)}, {}, At(59)).ended.empty());
  EXPECT_EQ(retention.Step({Make(true)}, {}, At(60)).ended.size(), 1u);
}

TEST(Retention, AListThatNamesItInBetweenBeginsAnew) {
  Retention retention(seconds(60), seconds(3600));
  retention.Step({Make(true)}, {}, At(0));
  retention.Step({Make(true)}, kHeld, At(30));
  EXPECT_TRUE(retention.Step({Make(true)}, {}, At(70)).ended.empty());
  EXPECT_EQ(retention.Step({Make(true)}, {}, At(130)).ended.size(), 1u);
}

TEST(Retention, WhatWasNeverListedStaysForLongButNotForEver) {
  Retention retention(seconds(60), seconds(3600));
  retention.Step({Make(false)}, {}, At(0));
  EXPECT_TRUE(retention.Step({Make(false)}, {}, At(3599)).ended.empty());
  EXPECT_EQ(retention.Step({Make(false)}, {}, At(3600)).ended.size(), 1u);
}

TEST(Retention, AnotherResourcesDeviceOfThatNameDoesNotCount) {
  EXPECT_FALSE(IsNamed(Make(true), {{"s", "a", "ns", "p", "c"}}));
  EXPECT_TRUE(IsNamed(Make(true), kHeld));
}

}  // namespace
}  // namespace nacelle
