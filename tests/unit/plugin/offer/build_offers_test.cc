// SPDX-License-Identifier: Apache-2.0
#include "plugin/offer/build_offers.h"

#include <gtest/gtest.h>

#include "core/select/query_parser.h"
#include "plugin/offer/selection.h"

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

OfferPlan Plan(const Inventory& inventory, const Policy& policy = {}, const std::vector<HeldShare>& held = {}) {
  return BuildOffers({inventory, policy, held, {}});
}

PolicyOffer Find(const std::string& name, const std::string& query, int shares = 1, Route through = Route::kDevicePlugin) {
  return {name, *ParseQuery(query), shares, through};
}

Policy Of(std::vector<PolicyOffer> offers, Rest rest = Rest::kDefault) {
  Policy policy;
  policy.offers = std::move(offers);
  policy.rest = rest;
  return policy;
}

// Two nodes; a and b compute zlib on node 0 and 1, c sha256 on node 0.
Inventory ThreeFunctions() {
  auto inventory = With({MakeFunction("a", "zip", 0), MakeFunction("b", "zip", 1), MakeFunction("c", "sec", 2)});
  inventory.numa = {{0, true, {10, 20}}, {1, true, {20, 10}}};
  inventory.functions[0].operations = inventory.functions[1].operations = {"gzip", "zlib"};
  inventory.functions[2].operations = {"sha256"};
  inventory.functions[0].numa = inventory.functions[2].numa = 0;
  inventory.functions[1].numa = 1;
  return inventory;
}

TEST(BuildOffers, GroupsQueuesByInterfaceOneShareEach) {
  const auto plan = Plan(With({MakeFunction("a", "hisi_zip", 0), MakeFunction("b", "hisi_sec2", 1),
                                      MakeFunction("c", "hisi_zip", 2)}));
  const std::vector<Offer> expected{{"nacelle.dev/hisi-sec2", {{"b", 1}}}, {"nacelle.dev/hisi-zip", {{"a", 1}, {"c", 1}}}};
  EXPECT_EQ(plan.offers, expected);
  EXPECT_TRUE(plan.problems.empty());
}

TEST(BuildOffers, SharesOfOneDeviceByCapacityKeepOneDevice) {
  auto machine = ThreeFunctions();
  HeldShare held{"nacelle.dev/zip", "a", {"a"}, 4, Route::kDra};
  held.share_id = "s1";
  auto other = held;
  other.share_id = "s2";
  const auto plan = Plan(machine, Of({Find("zip", "zlib", 2, Route::kDra)}), {held, other});
  const auto* offer = FindOffer(plan, "nacelle.dev/zip", Route::kDra);
  ASSERT_NE(offer, nullptr);
  EXPECT_EQ(offer->queues[0], (OfferedQueue{"a", 4, {{"a"}}}));
}

TEST(BuildOffers, AnEmptyMachineOffersNothing) { EXPECT_EQ(Plan({}), OfferPlan()); }

TEST(BuildOffers, AnUnhealthyQueueIsOfferedAllTheSame) {
  auto function = MakeFunction("a", "zip", 0);
  function.health = {false, "isolated"};
  EXPECT_EQ(Plan(With({function})).offers.size(), 1u);
}

TEST(BuildOffers, AQueueWithoutANodeIsNotOffered) {
  auto function = MakeFunction("a", "zip", 0);
  function.queues[0].nodes.clear();
  EXPECT_TRUE(Plan(With({function})).offers.empty());
}

TEST(BuildOffers, ANameThatKubernetesRefusesIsAProblem) {
  const auto plan = Plan(With({MakeFunction("a", std::string(64, 'x'), 0), MakeFunction("b", "zip", 1)}));
  ASSERT_EQ(plan.problems.size(), 1u);
  EXPECT_EQ(plan.problems[0].object, "a");
  EXPECT_EQ(plan.offers.size(), 1u);
}

TEST(BuildOffers, TwoInterfacesOfOneNameAreAProblem) {
  const auto plan = Plan(With({MakeFunction("a", "sw_zip", 0), MakeFunction("b", "sw-zip", 1)}));
  ASSERT_EQ(plan.offers.size(), 1u);
  EXPECT_EQ(plan.offers[0].queues.size(), 1u);
  ASSERT_EQ(plan.problems.size(), 1u);
  EXPECT_EQ(plan.problems[0].object, "b");
}

TEST(BuildOffers, AnIdThatTheKubeletRefusesIsAProblem) {
  const auto plan = Plan(With({MakeFunction(std::string(64, 'a'), "zip", 0)}));
  EXPECT_TRUE(plan.offers.empty());
  EXPECT_EQ(plan.problems.size(), 1u);
}

TEST(BuildOffers, ANodeThatTwoQueuesClaimIsGivenToNeither) {
  const auto plan = Plan(With({MakeFunction("a", "zip", 0), MakeFunction("b", "zip", 0), MakeFunction("c", "zip", 1)}));
  ASSERT_EQ(plan.offers.size(), 1u);
  EXPECT_EQ(plan.offers[0].queues, (std::vector<OfferedQueue>{{"c", 1}}));
  EXPECT_EQ(plan.problems.size(), 2u);
}

TEST(BuildOffers, TwoQueuesOfOneIdAreAProblem) {
  auto twin = MakeFunction("b", "zip", 1);
  twin.queues[0].id = "a";
  const auto plan = Plan(With({MakeFunction("a", "zip", 0), twin}));
  EXPECT_EQ(plan.offers[0].queues.size(), 1u);
  EXPECT_EQ(plan.problems.size(), 1u);
}

TEST(BuildOffers, AQueueBelongsToTheFirstOfferThatSelectsIt) {
  const auto plan = Plan(ThreeFunctions(), Of({Find("near", "zlib,numa=1"), Find("any", "gzip")}));
  const std::vector<Offer> expected{
      {"nacelle.dev/any", {{"a", 1}}}, {"nacelle.dev/near", {{"b", 1}}}, {"nacelle.dev/sec", {{"c", 1}}}};
  EXPECT_EQ(plan.offers, expected);
}

TEST(BuildOffers, NearOrdersAndExcludesNothingWithinExcludes) {
  EXPECT_EQ(Plan(ThreeFunctions(), Of({Find("x", "zlib near numa:1")}, Rest::kHide)).offers,
            (std::vector<Offer>{{"nacelle.dev/x", {{"a", 1}, {"b", 1}}}}));
  EXPECT_EQ(Plan(ThreeFunctions(), Of({Find("x", "zlib near numa:1 within 10")}, Rest::kHide)).offers,
            (std::vector<Offer>{{"nacelle.dev/x", {{"b", 1}}}}));
}

TEST(BuildOffers, WithinMeasuresFromTheNodeOfACpu) {
  const auto policy = Of({Find("x", "zlib near cpu:7 within 10")}, Rest::kHide);
  const auto inventory = ThreeFunctions();
  EXPECT_EQ(BuildOffers({inventory, policy, {}, {{7, 1}}}).offers,
            (std::vector<Offer>{{"nacelle.dev/x", {{"b", 1}}}}));
  EXPECT_TRUE(BuildOffers({inventory, policy, {}, {}}).offers.empty());
}

TEST(BuildOffers, WhatNoOfferSelectsIsHiddenWhenThePolicySaysSo) {
  const auto plan = Plan(ThreeFunctions(), Of({Find("x", "zlib")}, Rest::kHide));
  EXPECT_EQ(plan.offers.size(), 1u);
  EXPECT_EQ(plan.hidden,
            (std::vector<Problem>{{"c", "not offered: no offer selects it, and the policy hides the rest"}}));
}

TEST(BuildOffers, WhatFallsShortOfTheRequiredAccessIsHiddenAndOfferedNowhere) {
  auto inventory = ThreeFunctions();
  inventory.functions[0].access = MemoryAccess::kSva;
  inventory.functions[1].access = MemoryAccess::kIommu;
  auto policy = Of({Find("x", "zlib")});
  policy.memory_access = AccessRequirement::kSva;
  const auto plan = Plan(inventory, policy);
  EXPECT_EQ(plan.offers, (std::vector<Offer>{{"nacelle.dev/x", {{"a", 1}}}}));
  ASSERT_EQ(plan.hidden.size(), 2u);
  EXPECT_EQ(plan.hidden[0], (Problem{"b", "not offered: memory access is iommu, and the policy requires sva"}));
  policy.memory_access = AccessRequirement::kIommu;
  EXPECT_EQ(Plan(inventory, policy).offers[0].queues.size(), 2u);
}

TEST(BuildOffers, AFamilyThatNeedsAPolicyIsOfferedWhenOneSelectsIt) {
  auto inventory = ThreeFunctions();
  for (auto& function : inventory.functions) function.by_default = false;
  EXPECT_TRUE(Plan(inventory).offers.empty());
  const auto plan = Plan(inventory, Of({Find("x", "sha256")}));
  EXPECT_EQ(plan.offers, (std::vector<Offer>{{"nacelle.dev/x", {{"c", 1}}}}));
  EXPECT_TRUE(plan.hidden.empty());
}

TEST(BuildOffers, AnOfferThatSelectsNothingIsNamedAndNoProblem) {
  const auto plan = Plan(ThreeFunctions(), Of({Find("y", "rsa"), Find("x", "lz4"), Find("z", "zlib")}));
  EXPECT_EQ(plan.empty, (std::vector<std::string>{"nacelle.dev/x", "nacelle.dev/y"}));
  EXPECT_TRUE(plan.problems.empty());
}

TEST(BuildOffers, AnInterfaceDoesNotComeUnderTheNameOfAnOfferThatDoesNotSelectIt) {
  const auto plan = Plan(ThreeFunctions(), Of({Find("sec", "zlib")}));
  EXPECT_EQ(plan.offers, (std::vector<Offer>{{"nacelle.dev/sec", {{"a", 1}, {"b", 1}}}}));
  ASSERT_EQ(plan.problems.size(), 1u);
  EXPECT_EQ(plan.problems[0].object, "c");
}

TEST(BuildOffers, AQueueOfWhichOthersMayHaveInstancesIsDividedAsAskedAndToldOf) {
  auto inventory = With({MakeFunction("a", "sw_zip", 0)});
  inventory.functions[0].operations = {"zlib"};
  inventory.functions[0].queues[0].instances = 1;
  inventory.functions[0].queues[0].instances_at_least = true;
  Policy policy;
  policy.offers = {{"zip", *ParseQuery("zlib"), 4}};
  const auto plan = BuildOffers({inventory, policy, {}, {}});
  EXPECT_EQ(DeviceIds(plan.offers.at(0).queues.at(0)).size(), 4u);
  EXPECT_EQ(plan.problems.at(0).message,
            "divided into 4 shares, though at most 1 of its instances were seen free: it may have fewer");
  EXPECT_TRUE(CheckShares(inventory, policy, {}, "p.yaml"));
}

TEST(BuildOffers, AQueueWithoutAnyFreeInstanceIsNotDividedFurtherThanOneWithOne) {
  auto inventory = With({MakeFunction("a", "sw_zip", 0)});
  inventory.functions[0].operations = {"zlib"};
  inventory.functions[0].queues[0].instances = 0;
  Policy policy;
  policy.offers = {{"zip", *ParseQuery("zlib"), 4}};
  EXPECT_EQ(BuildOffers({inventory, policy, {}, {}}).offers.at(0).queues.at(0).shares, 1);
  EXPECT_FALSE(CheckShares(inventory, policy, {}, "p.yaml"));
}

TEST(BuildOffers, MoreSharesThanInstancesAreAProblemAndCutDown) {
  auto inventory = ThreeFunctions();
  inventory.functions[0].queues[0].instances = 2;
  inventory.functions[1].queues[0].instances = 64;
  const auto policy = Of({Find("x", "zlib", 4)});
  const auto plan = Plan(inventory, policy);
  EXPECT_EQ(FindOffer(plan, "nacelle.dev/x")->queues, (std::vector<OfferedQueue>{{"a", 2}, {"b", 4}}));
  ASSERT_EQ(plan.problems.size(), 1u);
  EXPECT_EQ(plan.problems[0], (Problem{"a", "divided into 2 shares, not 4: it has no more instances"}));
}

TEST(BuildOffers, AShareDoesNotGetTheIdOfAnotherQueue) {
  auto inventory = With({MakeFunction("a", "zip", 0), MakeFunction("a-1", "zip", 1)});
  for (auto& function : inventory.functions) function.operations = {"zlib"};
  const auto plan = Plan(inventory, Of({Find("x", "zlib", 2)}));
  EXPECT_EQ(plan.offers, (std::vector<Offer>{{"nacelle.dev/x", {{"a", 2}}}}));
  ASSERT_EQ(plan.problems.size(), 1u);
  EXPECT_EQ(plan.problems[0].object, "a-1");
}

// Claims name a device by its id, whatever it is offered as.
TEST(BuildOffers, DevicesOfAllOffersToClaimsHaveDifferentIds) {
  auto inventory = With({MakeFunction("a", "zip", 0), MakeFunction("a-1", "zip", 1)});
  for (auto& function : inventory.functions) function.operations = {"zlib"};
  inventory.functions[0].numa = 0;
  inventory.functions[1].numa = 1;
  for (const auto route : {Route::kDra, Route::kDevicePlugin}) {
    const auto plan = Plan(inventory, Of({Find("x", "zlib,numa=0", 2, route), Find("y", "zlib,numa=1", 1, route)}));
    EXPECT_EQ(plan.problems.size(), route == Route::kDra ? 1u : 0u);
    EXPECT_EQ(FindOffer(plan, "nacelle.dev/y", route) == nullptr, route == Route::kDra);
  }
}

TEST(BuildOffers, AHeldQueueKeepsItsNameUntilItIsReleased) {
  const auto policy = Of({Find("x", "zlib")});
  const auto plan = Plan(ThreeFunctions(), policy, {{"nacelle.dev/zip", "a", {"a"}, 1}});
  const std::vector<Offer> expected{{"nacelle.dev/sec", {{"c", 1}}},
                                    {"nacelle.dev/x", {{"b", 1}}},
                                    {"nacelle.dev/zip", {{"a", 1, {{"a"}}}}}};
  EXPECT_EQ(plan.offers, expected);
}

TEST(BuildOffers, AHeldQueueIsDividedOtherwiseWhenItIsReleased) {
  const auto policy = Of({Find("x", "zlib,numa=0", 4)}, Rest::kHide);
  EXPECT_EQ(Plan(ThreeFunctions(), policy, {{"nacelle.dev/x", "a", {"a"}, 1}}).offers,
            (std::vector<Offer>{{"nacelle.dev/x", {{"a", 1, {{"a"}}}}}}));
  EXPECT_EQ(Plan(ThreeFunctions(), policy, {{"nacelle.dev/x", "a", {"a"}, 4}}).offers,
            (std::vector<Offer>{{"nacelle.dev/x", {{"a", 4}}}}));
  EXPECT_EQ(Plan(ThreeFunctions(), policy, {{"nacelle.dev/x", "a-6", {"a"}, 8}}).offers,
            (std::vector<Offer>{{"nacelle.dev/x", {{"a", 8, {{"a-6"}}}}}}));
}

TEST(BuildOffers, ANameGoesByDraWhenNobodyHoldsItOtherwiseAnyMore) {
  const auto policy = Of({Find("x", "zlib", 1, Route::kDra)}, Rest::kHide);
  const auto held = Plan(ThreeFunctions(), policy, {{"nacelle.dev/x", "b", {"b"}, 1}});
  EXPECT_EQ(held.offers, (std::vector<Offer>{{"nacelle.dev/x", {{"a", 1}, {"b", 1}}, Route::kDevicePlugin}}));
  ASSERT_EQ(held.problems.size(), 1u);
  EXPECT_EQ(held.problems[0].object, "nacelle.dev/x");
  EXPECT_TRUE(held.empty.empty());
  const auto released = Plan(ThreeFunctions(), policy);
  EXPECT_EQ(released.offers, (std::vector<Offer>{{"nacelle.dev/x", {{"a", 1}, {"b", 1}}, Route::kDra}}));
}

TEST(BuildOffers, AQueueThatAClaimHasGoesByTheDevicePluginWhenItIsReleased) {
  const auto policy = Of({Find("x", "zlib")}, Rest::kHide);
  const auto plan = Plan(ThreeFunctions(), policy, {{"nacelle.dev/x", "b", {"b"}, 1, Route::kDra}});
  const std::vector<Offer> expected{{"nacelle.dev/x", {{"a", 1}}, Route::kDevicePlugin},
                                    {"nacelle.dev/x", {{"b", 1, {{"b"}}}}, Route::kDra}};
  EXPECT_EQ(plan.offers, expected);
  EXPECT_EQ(FindOffer(plan, "nacelle.dev/x", Route::kDra)->queues[0].queue, "b");
}

TEST(BuildOffers, AnOfferWhoseQueuesAreAllHeldOtherwiseWaits) {
  const std::vector<HeldShare> held{{"nacelle.dev/x", "a", {"a"}, 1, Route::kDra}};
  const auto plan = Plan(ThreeFunctions(), Of({Find("x", "zlib,numa=0"), Find("y", "rsa"), Find("z", "gzip,numa=0")}, Rest::kHide), held);
  EXPECT_EQ(plan.empty, (std::vector<std::string>{"nacelle.dev/x", "nacelle.dev/y", "nacelle.dev/z"}));
  EXPECT_EQ(plan.waiting, (std::vector<std::string>{"nacelle.dev/x"}));
}

TEST(BuildOffers, ABundleWaitsForQueuesThatNoEarlierOfferSelects) {
  const std::vector<HeldShare> held{{"nacelle.dev/x", "a", {"a"}, 1, Route::kDra}};
  const auto pair = Find("pair", "zlib,numa=0 + sha256");
  EXPECT_EQ(Plan(ThreeFunctions(), Of({pair}, Rest::kHide), held).waiting, (std::vector<std::string>{"nacelle.dev/pair"}));
  const auto plan = Plan(ThreeFunctions(), Of({Find("x", "zlib", 1, Route::kDra), pair}, Rest::kHide), held);
  EXPECT_EQ(plan.empty, (std::vector<std::string>{"nacelle.dev/pair"}));
  EXPECT_TRUE(plan.waiting.empty());
}

TEST(BuildOffers, AHeldQueueThatIsHiddenNowStaysWithItsHolder) {
  auto policy = Of({}, Rest::kHide);
  policy.memory_access = AccessRequirement::kSva;
  const auto plan = Plan(ThreeFunctions(), policy, {{"nacelle.dev/zip", "a", {"a"}, 1}});
  EXPECT_EQ(plan.offers, (std::vector<Offer>{{"nacelle.dev/zip", {{"a", 1, {{"a"}}}}}}));
}

TEST(BuildOffers, AHeldQueueThatIsGoneIsNotInThePlan) {
  EXPECT_TRUE(Plan({}, {}, {{"nacelle.dev/zip", "a", {"a"}, 1}}).offers.empty());
}

TEST(BuildOffers, APlaceIsKeptForPreferenceAndACpuIsTheNodeThatItIsOf) {
  const auto policy = Of({Find("a", "zlib near cpu:7"), Find("b", "sha256 near memory:hbm-2"), Find("c", "gzip")});
  const auto inventory = ThreeFunctions();
  const auto plan = BuildOffers({inventory, policy, {}, {{7, 1}}});
  const std::map<std::string, Place> expected{{"nacelle.dev/a", {Place::Kind::kNuma, 1, {}}},
                                              {"nacelle.dev/b", {Place::Kind::kMemory, 0, "hbm-2"}}};
  EXPECT_EQ(plan.places, expected);
}

TEST(BuildOffers, WhatAnOfferAsksForIsKept) {
  const auto policy = Of({Find("a", "zlib,operation=gzip,operation!=lz4"), Find("b", "sha256")});
  const auto inventory = ThreeFunctions();
  const std::map<std::string, std::vector<std::string>> expected{{"nacelle.dev/a", {"zlib", "gzip"}}, {"nacelle.dev/b", {"sha256"}}};
  EXPECT_EQ(BuildOffers({inventory, policy, {}, {}}).operations, expected);
}

TEST(CheckShares, NamesTheLineTheQueueAndWhatWouldBeRight) {
  auto inventory = ThreeFunctions();
  inventory.functions[1].queues[0].instances = 2;
  auto policy = Of({Find("x", "zlib", 4)});
  policy.offers[0].line = 7;
  const auto status = CheckShares(inventory, policy, {}, "p.yaml");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(),
            "p.yaml:7: offer 'x': sharesPerQueue is 4, but b has 2 instances; at most 2 would be right");
  policy.offers.insert(policy.offers.begin(), Find("first", "zlib,numa=1", 2));
  EXPECT_TRUE(CheckShares(inventory, policy, {}, "p.yaml"));
}

TEST(FindOffer, FindsByTheWholeName) {
  const auto plan = Plan(With({MakeFunction("a", "zip", 0)}));
  EXPECT_NE(FindOffer(plan, "nacelle.dev/zip"), nullptr);
  EXPECT_EQ(FindOffer(plan, "nacelle.dev/zi"), nullptr);
}

}  // namespace
}  // namespace nacelle
