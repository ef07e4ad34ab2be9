// SPDX-License-Identifier: Apache-2.0
#include "plugin/offer/build_offers.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

Function MakeFunction(const std::string& id, const std::string& interface, unsigned minor) {
  Function function;
  function.id = id;
  function.interface = interface;
  Queue queue;
  queue.id = id;
  queue.nodes = {{"/dev/" + id, 240, minor}};
  function.queues = {queue};
  return function;
}

Inventory With(std::vector<Function> functions) {
  Inventory inventory;
  inventory.functions = std::move(functions);
  return inventory;
}

TEST(BuildOffers, GroupsQueuesByInterfaceOneShareEach) {
  const auto plan = BuildOffers(With({MakeFunction("a", "hisi_zip", 0), MakeFunction("b", "hisi_sec2", 1),
                                      MakeFunction("c", "hisi_zip", 2)}));
  const std::vector<Offer> expected{{"nacelle.dev/hisi-sec2", {{"b", 1}}}, {"nacelle.dev/hisi-zip", {{"a", 1}, {"c", 1}}}};
  EXPECT_EQ(plan.offers, expected);
  EXPECT_TRUE(plan.problems.empty());
}

TEST(BuildOffers, AnEmptyMachineOffersNothing) { EXPECT_EQ(BuildOffers({}), OfferPlan()); }

TEST(BuildOffers, AnUnhealthyQueueIsOfferedAllTheSame) {
  auto function = MakeFunction("a", "zip", 0);
  function.health = {false, "isolated"};
  EXPECT_EQ(BuildOffers(With({function})).offers.size(), 1u);
}

TEST(BuildOffers, AQueueWithoutANodeIsNotOffered) {
  auto function = MakeFunction("a", "zip", 0);
  function.queues[0].nodes.clear();
  EXPECT_TRUE(BuildOffers(With({function})).offers.empty());
}

TEST(BuildOffers, ANameThatKubernetesRefusesIsAProblem) {
  const auto plan = BuildOffers(With({MakeFunction("a", std::string(64, 'x'), 0), MakeFunction("b", "zip", 1)}));
  ASSERT_EQ(plan.problems.size(), 1u);
  EXPECT_EQ(plan.problems[0].object, "a");
  EXPECT_EQ(plan.offers.size(), 1u);
}

TEST(BuildOffers, TwoInterfacesOfOneNameAreAProblem) {
  const auto plan = BuildOffers(With({MakeFunction("a", "sw_zip", 0), MakeFunction("b", "sw-zip", 1)}));
  ASSERT_EQ(plan.offers.size(), 1u);
  EXPECT_EQ(plan.offers[0].queues.size(), 1u);
  ASSERT_EQ(plan.problems.size(), 1u);
  EXPECT_EQ(plan.problems[0].object, "b");
}

TEST(BuildOffers, AnIdThatTheKubeletRefusesIsAProblem) {
  const auto plan = BuildOffers(With({MakeFunction(std::string(64, 'a'), "zip", 0)}));
  EXPECT_TRUE(plan.offers.empty());
  EXPECT_EQ(plan.problems.size(), 1u);
}

TEST(BuildOffers, ANodeThatTwoQueuesClaimIsGivenToNeither) {
  const auto plan = BuildOffers(With({MakeFunction("a", "zip", 0), MakeFunction("b", "zip", 0), MakeFunction("c", "zip", 1)}));
  ASSERT_EQ(plan.offers.size(), 1u);
  EXPECT_EQ(plan.offers[0].queues, (std::vector<OfferedQueue>{{"c", 1}}));
  EXPECT_EQ(plan.problems.size(), 2u);
}

TEST(BuildOffers, TwoQueuesOfOneIdAreAProblem) {
  auto twin = MakeFunction("b", "zip", 1);
  twin.queues[0].id = "a";
  const auto plan = BuildOffers(With({MakeFunction("a", "zip", 0), twin}));
  EXPECT_EQ(plan.offers[0].queues.size(), 1u);
  EXPECT_EQ(plan.problems.size(), 1u);
}

TEST(FindOffer, FindsByTheWholeName) {
  const auto plan = BuildOffers(With({MakeFunction("a", "zip", 0)}));
  EXPECT_NE(FindOffer(plan, "nacelle.dev/zip"), nullptr);
  EXPECT_EQ(FindOffer(plan, "nacelle.dev/zi"), nullptr);
}

}  // namespace
}  // namespace nacelle
