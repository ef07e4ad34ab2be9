// SPDX-License-Identifier: Apache-2.0
#include "core/describe/link_lanes.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

std::vector<Link> Both(const std::string& a, const std::string& b, LinkStrength strength = LinkStrength::kPeerToPeer) {
  return {{a, b, strength, false}, {b, a, strength, false}};
}

std::vector<Link> operator+(std::vector<Link> a, const std::vector<Link>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

const std::map<std::string, LinkAnchor> kAnchors = {{"a", {100, 10}}, {"b", {100, 20}}, {"c", {100, 30}}};

TEST(LinkLanes, FunctionsThatAreAllLinkedShareALane) {
  const auto lanes = BuildLinkLanes(Both("a", "b") + Both("b", "c") + Both("a", "c"), kAnchors);
  ASSERT_EQ(lanes.size(), 1u);
  EXPECT_EQ(lanes[0].Path(), "M100 10H108M100 20H108M100 30H108M108 10V30");
}

TEST(LinkLanes, ElseEachPairHasItsOwnBesideTheOthers) {
  const auto lanes = BuildLinkLanes(Both("a", "b") + Both("b", "c"), kAnchors);
  ASSERT_EQ(lanes.size(), 2u);
  EXPECT_EQ(lanes[0].ends.size(), 2u);
  EXPECT_NE(lanes[0].x, lanes[1].x);
}

TEST(LinkLanes, StrengthsAreApart) {
  EXPECT_EQ(BuildLinkLanes(Both("a", "b") + Both("a", "b", LinkStrength::kOnCard), kAnchors).size(), 2u);
}

TEST(LinkLanes, WhatIsNotInThePictureHasNoLane) {
  EXPECT_TRUE(BuildLinkLanes(Both("a", "x") + Both("a", "a"), kAnchors).empty());
}

}  // namespace
}  // namespace nacelle
