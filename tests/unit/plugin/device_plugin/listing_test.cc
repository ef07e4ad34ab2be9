// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/listing.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

using std::chrono::seconds;

// A listing that is stepped by hand; holders are asked at each step.
struct Steps {
  Listing listing{seconds(60)};
  ListingInput input;

  Steps() { input.now = TimePoint(seconds(1000)); }
  std::vector<ListedDevice> At(int second) {
    input.now = TimePoint(seconds(1000 + second));
    input.holders_asked = input.now;
    return listing.Step(input);
  }
};

const ListedDevice kHealthy{"a", {}, {0}, false};
const ListedDevice kGone{"a", {false, "gone"}, {0}, false};

TEST(Listing, ShowsWhatIsOffered) {
  Steps steps;
  steps.input.offered = {kHealthy};
  EXPECT_EQ(steps.At(0), std::vector{kHealthy});
  EXPECT_FALSE(steps.listing.waits());
}

TEST(Listing, KeepsAnIdThatIsGoneUnhealthyForAMinute) {
  Steps steps;
  steps.input.offered = {kHealthy};
  steps.At(0);
  steps.input.offered.clear();
  EXPECT_EQ(steps.At(1), std::vector{kGone});
  EXPECT_TRUE(steps.listing.waits());
  EXPECT_EQ(steps.At(60), std::vector{kGone});
  EXPECT_TRUE(steps.At(61).empty());
  EXPECT_FALSE(steps.listing.waits());
}

TEST(Listing, AWithdrawnDeviceIsShownWithItsHealthUntilItMayLeave) {
  Steps steps;
  const ListedDevice withdrawn{"a", {false, "broken"}, {0}, false, true};
  steps.input.offered = {withdrawn};
  EXPECT_EQ(steps.At(0), std::vector{withdrawn});
  EXPECT_TRUE(steps.listing.waits());
  EXPECT_EQ(steps.At(59), std::vector{withdrawn});
  EXPECT_TRUE(steps.At(60).empty());
}

TEST(Listing, AWithdrawnDeviceThatIsWellAgainStays) {
  Steps steps;
  steps.input.offered = {{"a", {false, "broken"}, {0}, false, true}};
  steps.At(0);
  steps.input.offered = {kHealthy};
  EXPECT_EQ(steps.At(120), std::vector{kHealthy});
  EXPECT_FALSE(steps.listing.waits());
}

TEST(Listing, TheMinuteBeginsAnewAfterARecovery) {
  Steps steps;
  steps.input.offered = {kHealthy};
  steps.At(0);
  steps.input.offered.clear();
  steps.At(1);
  steps.input.offered = {kHealthy};
  EXPECT_EQ(steps.At(50), std::vector{kHealthy});
  steps.input.offered.clear();
  steps.At(51);
  EXPECT_EQ(steps.At(100), std::vector{kGone});
}

TEST(Listing, AnOfferedIdStaysHoweverLongItIsUnhealthy) {
  Steps steps;
  steps.input.offered = {{"a", {false, "isolated"}, {0}, false}};
  steps.At(0);
  EXPECT_EQ(steps.At(1000).size(), 1u);
}

TEST(Listing, NothingLeavesBeforePodResourcesWasAskedAfterTheMinute) {
  Steps steps;
  steps.input.offered = {kHealthy};
  steps.At(0);
  steps.input.offered.clear();
  steps.At(1);
  steps.input.now = TimePoint(seconds(2000));
  steps.input.holders_asked = TimePoint(seconds(1030));
  EXPECT_EQ(steps.listing.Step(steps.input).size(), 1u);
  steps.input.holders_asked.reset();
  EXPECT_EQ(steps.listing.Step(steps.input).size(), 1u);
  EXPECT_TRUE(steps.At(1000).empty());
}

TEST(Listing, AHeldIdNeverLeaves) {
  Steps steps;
  steps.input.offered = {kHealthy};
  steps.At(0);
  steps.input.offered.clear();
  steps.input.held = {{"a", {false}}};
  steps.At(1);
  EXPECT_EQ(steps.At(1000).size(), 1u);
  steps.input.held.clear();
  EXPECT_TRUE(steps.At(1001).empty());
}

TEST(Listing, AnIdInAnAllocateNeverLeaves) {
  Steps steps;
  steps.input.offered = {kHealthy};
  steps.At(0);
  steps.input.offered.clear();
  steps.At(1);
  steps.input.in_flight = {"a"};
  EXPECT_EQ(steps.At(1000).size(), 1u);
  steps.input.in_flight.clear();
  EXPECT_TRUE(steps.At(1001).empty());
}

TEST(Listing, AHeldIdThatWasNeverOfferedIsShownUnhealthy) {
  Steps steps;
  steps.input.held = {{"a", {false}}};
  const auto shown = steps.At(0);
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_FALSE(shown[0].health.healthy);
  EXPECT_TRUE(shown[0].held);
}

TEST(Listing, AHeldIdThatChangedIsUnhealthyThoughItsQueueIsWell) {
  Steps steps;
  steps.input.offered = {kHealthy};
  steps.input.held = {{"a", {true}}};
  EXPECT_EQ(steps.At(0)[0].health, (Health{false, "no longer what its holder was granted"}));
  steps.input.held = {{"a", {false}}};
  EXPECT_TRUE(steps.At(1)[0].health.healthy);
}

TEST(Listing, IsSortedById) {
  Steps steps;
  steps.input.offered = {{"b", {}, {}, false}, {"a", {}, {}, false}};
  steps.input.held = {{"aa", {false}}};
  const auto shown = steps.At(0);
  ASSERT_EQ(shown.size(), 3u);
  EXPECT_EQ(shown[0].id + shown[1].id + shown[2].id, "aaab");
}

}  // namespace
}  // namespace nacelle
