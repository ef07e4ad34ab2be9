// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/picture_uses.h"

#include <gtest/gtest.h>

#include "tests/unit/tools/kubectl-nacelle/node_for_tests.h"

namespace nacelle::kubectl {
namespace {

TEST(PictureUses, AFunctionSaysWhatIsFreeOfItsSharesAndWhoHoldsTheOthers) {
  auto node = BusyNode("n1");
  node.status.offers[0].members[0].shares = 4;
  const auto uses = UsesOf(ViewOf(node));
  ASSERT_EQ(uses.size(), 1u);
  EXPECT_EQ(uses.at("z").offered, "sw-zip, 3 of 4 free");
  EXPECT_EQ(uses.at("z").held, "default/p");
}

TEST(PictureUses, ADeviceThatTwoContainersOfAPodHaveIsHeldOnce) {
  auto node = BusyNode("n1");
  auto second = node.status.holdings[0];
  second.container = "second";
  node.status.holdings.push_back(second);
  const auto uses = UsesOf(ViewOf(node));
  EXPECT_EQ(uses.at("z").offered, "sw-zip, 0 of 1 free");
  EXPECT_EQ(uses.at("z").held, "default/p");
}

TEST(PictureUses, AClaimHoldsAlsoWhereItsPodIsNotKnown) {
  auto node = BusyNode("n1");
  node.status.holdings = {{"nacelle.dev/sw-zip", "z", "", "", ""}};
  EXPECT_EQ(UsesOf(ViewOf(node)).at("z").held, "a claim");
}

TEST(PictureUses, WhatIsUnwellIsNotFree) {
  auto node = HealthyNode("n1");
  node.status.offers[0].members[0].healthy = false;
  EXPECT_EQ(UsesOf(ViewOf(node)).at("z").offered, "sw-zip, 0 of 1 free");
}

TEST(PictureUses, AFunctionThatIsNotOfferedIsLeftOut) {
  auto node = HealthyNode("n1");
  node.status.offers.clear();
  EXPECT_TRUE(UsesOf(ViewOf(node)).empty());
}

}  // namespace
}  // namespace nacelle::kubectl
