// SPDX-License-Identifier: Apache-2.0
#include "core/select/preference.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

using Ids = std::vector<std::string>;

// Queues q0…q5, two on each of the nodes 0, 1, 2; node 2 is nearer to 1 than to 0.
Inventory ThreeNodes() {
  Inventory inventory;
  inventory.numa = {{0, true, {10, 20, 30}}, {1, true, {20, 10, 12}}, {2, false, {30, 12, 10}}};
  for (int i = 0; i < 6; ++i) {
    const std::string id = "q" + std::to_string(i);
    inventory.functions.push_back({.id = id, .numa = i / 2, .queues = {{.id = id}}});
  }
  return inventory;
}

Offer OfferOf(const Inventory& inventory, int shares) {
  Offer offer{.resource = "nacelle.dev/x"};
  for (const auto& function : inventory.functions) offer.queues.push_back({function.id, shares});
  return offer;
}

TEST(Preference, TakesWhatMustBeIncluded) {
  const auto inventory = ThreeNodes();
  const auto ids = PreferDevices(inventory, OfferOf(inventory, 1),
                                 {.available = {"q0", "q1", "q4"}, .must_include = {"q4"}, .size = 1});
  EXPECT_EQ(ids, Ids{"q4"});
}

TEST(Preference, GathersOnOneNode) {
  const auto inventory = ThreeNodes();
  const auto ids = PreferDevices(inventory, OfferOf(inventory, 1),
                                 {.available = {"q0", "q2", "q4", "q5"}, .size = 2});
  EXPECT_EQ(ids, (Ids{"q4", "q5"}));
}

TEST(Preference, StaysNearWhatMustBeIncluded) {
  const auto inventory = ThreeNodes();
  const auto ids = PreferDevices(inventory, OfferOf(inventory, 1),
                                 {.available = {"q0", "q1", "q2", "q4"}, .must_include = {"q4"}, .size = 2});
  EXPECT_EQ(ids, (Ids{"q2", "q4"}));
}

TEST(Preference, DistinctQueuesComeBeforeDistance) {
  const auto inventory = ThreeNodes();
  const auto ids = PreferDevices(inventory, OfferOf(inventory, 2),
                                 {.available = {"q0", "q0-1", "q4"}, .size = 2});
  EXPECT_EQ(ids, (Ids{"q0", "q4"}));
}

TEST(Preference, OfEqualPlacesTakesTheQueueWithMostFreeShares) {
  const auto inventory = ThreeNodes();
  const auto ids = PreferDevices(inventory, OfferOf(inventory, 3),
                                 {.available = {"q0", "q1", "q1-1", "q2"}, .size = 1});
  EXPECT_EQ(ids, Ids{"q1"});
}

TEST(Preference, OfEqualCostsTakesTheSmallestIds) {
  const auto inventory = ThreeNodes();
  const auto ids = PreferDevices(inventory, OfferOf(inventory, 1),
                                 {.available = {"q5", "q3", "q1", "q0", "q2", "q4"}, .size = 2});
  EXPECT_EQ(ids, (Ids{"q0", "q1"}));
}

TEST(Preference, TheOrderOfTheInputDoesNotMatter) {
  const auto inventory = ThreeNodes();
  const auto offer = OfferOf(inventory, 1);
  EXPECT_EQ(PreferDevices(inventory, offer, {.available = {"q0", "q3", "q5"}, .size = 2}),
            PreferDevices(inventory, offer, {.available = {"q5", "q0", "q3"}, .size = 2}));
}

TEST(Preference, GivesWhatThereIsWhenThereIsTooLittle) {
  const auto inventory = ThreeNodes();
  const auto offer = OfferOf(inventory, 1);
  EXPECT_EQ(PreferDevices(inventory, offer, {.available = {"q0"}, .size = 3}), Ids{"q0"});
  EXPECT_EQ(PreferDevices(inventory, offer, {.available = {}, .size = 3}), Ids{});
  EXPECT_EQ(PreferDevices(inventory, offer, {.available = {"q0"}, .size = -1}), Ids{});
}

TEST(Preference, AnUnknownIdIsTakenLast) {
  const auto inventory = ThreeNodes();
  const auto offer = OfferOf(inventory, 1);
  EXPECT_EQ(PreferDevices(inventory, offer, {.available = {"a-stranger", "q0", "q1"}, .size = 2}), (Ids{"q0", "q1"}));
}

}  // namespace
}  // namespace nacelle
