// SPDX-License-Identifier: Apache-2.0
#include "agent/command/holdings.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

HeldShare Claimed(const std::string& device) { return {.resource = "nacelle.dev/zip", .device = device, .route = Route::kDra}; }

TEST(Holdings, OfOtherVendorsAreNotOurs) {
  const Holders holders{{{"gpu.example.com/a", "x", "ns", "p", "c"}, {"nacelle.dev/zip", "y", "ns", "p", "c"}}, {}};
  EXPECT_EQ(HoldingsOf(holders, {}), (std::vector<Holding>{{"nacelle.dev/zip", "y", "ns", "p", "c"}}));
}

TEST(Holdings, WhatAClaimHoldsIsShownWithEachContainerThatHasIt) {
  const Holders holders{{}, {{"", "x", "ns", "p", "a"}, {"", "x", "ns", "p", "b"}, {"", "other", "ns", "q", "c"}}};
  EXPECT_EQ(HoldingsOf(holders, {Claimed("x")}),
            (std::vector<Holding>{{"nacelle.dev/zip", "x", "ns", "p", "a"}, {"nacelle.dev/zip", "x", "ns", "p", "b"}}));
}

TEST(Holdings, SharesByCapacityAreNumberedByDevice) {
  auto first = Claimed("x");
  auto second = Claimed("x");
  first.share_id = "id-1";
  second.share_id = "id-2";
  const Holders holders{{}, {{"", "xid-1", "ns", "p", "a"}, {"", "xid-2", "ns", "q", "b"}}};
  EXPECT_EQ(HoldingsOf(holders, {first, second}),
            (std::vector<Holding>{{"nacelle.dev/zip", "x", "ns", "p", "a"}, {"nacelle.dev/zip", "x-1", "ns", "q", "b"}}));
}

TEST(Holdings, AClaimOfWhichTheKubeletTellsNothingCountsAllTheSame) {
  EXPECT_EQ(HoldingsOf({}, {Claimed("x")}), (std::vector<Holding>{{.resource = "nacelle.dev/zip", .device = "x"}}));
}

TEST(Doors, AContainerThatHasQueuesByBothIsNamed) {
  const Holding plugged{"nacelle.dev/zip", "x", "ns", "p", "c"}, foreign{"gpu.example.com/a", "g", "ns", "q", "c"};
  EXPECT_TRUE(CheckDoors({{plugged, foreign}, {{"", "y", "ns", "p", "other"}, {"", "z", "ns", "q", "c"}}}));
  const auto both = CheckDoors({{plugged}, {{"", "y", "ns", "p", "c"}, {"", "z", "ns", "p", "c"}}});
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().message(), "ns/p/c");
}

}  // namespace
}  // namespace nacelle
