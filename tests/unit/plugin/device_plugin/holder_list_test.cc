// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/holder_list.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

using std::chrono::seconds;

TimePoint At(int second) { return TimePoint(seconds(second)); }

const Holding kOne{"nacelle.dev/zip", "a", "ns", "one", "c"};
const Holding kTwo{"nacelle.dev/zip", "b", "ns", "two", "c"};

HolderSnapshot Next(const HolderSnapshot& before, std::vector<Holding> holdings, int second) {
  return NextSnapshot(before, std::move(holdings), At(second), seconds(60));
}

TEST(HolderSnapshot, AHolderThatOneAnswerLeavesOutMayHoldStill) {
  const auto both = Next({}, {kOne, kTwo}, 0);
  const auto partial = Next(both, {kTwo}, 5);
  EXPECT_EQ(partial.holdings, (std::vector<Holding>{kTwo}));
  EXPECT_EQ(WhoMayHold(partial), (std::vector<Holding>{kOne, kTwo}));
}

TEST(HolderSnapshot, AHolderThatTwoAnswersAMinuteApartLeaveOutHasEnded) {
  const auto both = Next({}, {kOne, kTwo}, 0);
  const auto first = Next(both, {kTwo}, 5);
  const auto within = Next(first, {kTwo}, 64);
  EXPECT_EQ(WhoMayHold(within), (std::vector<Holding>{kOne, kTwo}));
  EXPECT_EQ(WhoMayHold(Next(within, {kTwo}, 65)), (std::vector<Holding>{kTwo}));
}

TEST(HolderSnapshot, AnAnswerThatNamesItInBetweenBeginsAnew) {
  const auto missed = Next(Next({}, {kOne}, 0), {}, 5);
  const auto named = Next(missed, {kOne}, 10);
  EXPECT_TRUE(named.missed.empty());
  EXPECT_EQ(WhoMayHold(Next(Next(named, {}, 20), {}, 70)), (std::vector<Holding>{kOne}));
}

}  // namespace
}  // namespace nacelle
