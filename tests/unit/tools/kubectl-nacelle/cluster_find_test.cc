// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/cluster_find.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/select/query_parser.h"
#include "tests/unit/tools/kubectl-nacelle/node_for_tests.h"

namespace nacelle::kubectl {
namespace {

using testing::HasSubstr;

Query Parsed(std::string_view text) { return *ParseQuery(text); }

crd::NodeAccelerators Moved(crd::NodeAccelerators node, int numa) {
  node.status.functions[0].numa = numa;
  return node;
}

TEST(ClusterFind, TheNodeWhoseQueueIsNearestComesFirst) {
  const std::vector<NodeView> nodes = {ViewOf(HealthyNode("far")), ViewOf(Moved(HealthyNode("near"), 0))};
  const auto found = FindInCluster(nodes, Parsed("zlib near numa:0"));
  ASSERT_EQ(found.answers.size(), 2u);
  EXPECT_EQ(found.answers[0].node, "near");
  EXPECT_THAT(FormatClusterAnswer(Parsed("zlib near numa:0"), found, 10), HasSubstr("2 of 2 nodes can."));
}

TEST(ClusterFind, ANodeWhoseDevicesAreHeldCannot) {
  const auto found = FindInCluster({ViewOf(BusyNode("n1")), ViewOf(HealthyNode("n2"))}, Parsed("zlib"));
  ASSERT_EQ(found.answers.size(), 1u);
  EXPECT_EQ(found.answers[0].node, "n2");
  EXPECT_EQ(found.misses[0].node, "n1");
}

TEST(ClusterFind, ANodeWhoseAgentIsNotRegisteredCannotButByAClaim) {
  auto node = HealthyNode("n1");
  node.status.conditions = {{"Ready", "False", 1, "NotRegistered", "nacelle.dev/sw-zip is not registered with the kubelet", "t"}};
  const auto found = FindInCluster({ViewOf(node)}, Parsed("zlib"));
  ASSERT_TRUE(found.answers.empty());
  EXPECT_EQ(found.misses[0].result.miss->message, "its agent is not ready: nacelle.dev/sw-zip is not registered with the kubelet");
  node.status.offers.push_back({.resource = "nacelle.dev/other", .through = "dra"});
  EXPECT_TRUE(FindInCluster({ViewOf(node)}, Parsed("zlib")).answers.empty()) << "none of the claims' offers has it";
  node.status.offers[0].through = "dra";
  EXPECT_EQ(FindInCluster({ViewOf(node)}, Parsed("zlib")).answers.size(), 1u);
}

TEST(ClusterFind, ANodeThatServesNoClaimsCanByTheDevicePluginOnly) {
  auto node = HealthyNode("n1");
  node.status.conditions = {{"Ready", "False", 1, std::string(crd::kNoClaims), "the DRA driver is not registered", "t"}};
  EXPECT_EQ(FindInCluster({ViewOf(node)}, Parsed("zlib")).answers.size(), 1u);
  node.status.offers[0].through = "dra";
  const auto found = FindInCluster({ViewOf(node)}, Parsed("zlib"));
  ASSERT_TRUE(found.answers.empty());
  EXPECT_EQ(found.misses[0].result.miss->message, "its agent is not ready: the DRA driver is not registered");
}

TEST(ClusterFind, WhoMayNotListNodesIsToldThatNobodyAskedWhetherTheyAreReady) {
  auto found = FindInCluster({ViewOf(HealthyNode("n1"))}, Parsed("zlib"));
  found.may_not_ask = true;
  EXPECT_THAT(FormatClusterAnswer(Parsed("zlib"), found, 10), HasSubstr("1 of 1 nodes can. Whether they are ready was not asked: you may not list nodes.\n"));
  EXPECT_THAT(json::Write(DescribeClusterAnswer("zlib", found, 10)), HasSubstr(R"("readiness_asked":false)"));
}

TEST(ClusterFind, AShareThatIsFreeIsEnough) {
  auto node = BusyNode("n1");
  node.status.offers[0].members[0].shares = 2;
  node.status.offers[0].free = 1;
  EXPECT_EQ(FindInCluster({ViewOf(node)}, Parsed("zlib")).answers.size(), 1u);
  node.status.holdings.push_back({"nacelle.dev/sw-zip", "z-1", "default", "q", "main"});
  EXPECT_TRUE(FindInCluster({ViewOf(node)}, Parsed("zlib")).answers.empty());
}

TEST(ClusterFind, ADeviceThatTwoContainersHaveIsHeldOnce) {
  auto node = BusyNode("n1");
  node.status.offers[0].members[0].shares = 2;
  node.status.offers[0].free = 1;
  node.status.holdings.push_back(node.status.holdings[0]);
  node.status.holdings.back().container = "other";
  EXPECT_EQ(FindInCluster({ViewOf(node)}, Parsed("zlib")).answers.size(), 1u);
}

TEST(ClusterFind, ABundleThatIsHeldHoldsAllItsQueues) {
  auto node = BusyNode("n1");
  node.status.offers[0].members = {{.id = "b-1", .queues = {"z", "other"}}};
  node.status.holdings[0].device = "b-1";
  EXPECT_TRUE(FindInCluster({ViewOf(node)}, Parsed("zlib")).answers.empty());
}

TEST(ClusterFind, WhenNoNodeCanTheReasonsAreCounted) {
  const std::vector<NodeView> nodes = {ViewOf(HealthyNode("n1")), ViewOf(HealthyNode("n2"))};
  const auto query = Parsed("lz4");
  const auto text = FormatClusterAnswer(query, FindInCluster(nodes, query), 10);
  EXPECT_THAT(text, HasSubstr("No node answers: lz4\n"));
  EXPECT_THAT(text, HasSubstr("2 nodes (n1, …): "));
}

TEST(ClusterFind, JsonHasAnswersAsOneMachineHasThemAndTheirNode) {
  const auto found = FindInCluster({ViewOf(HealthyNode("n1")), ViewOf(BusyNode("n2"))}, Parsed("zlib near numa:1"));
  const auto text = json::Write(DescribeClusterAnswer("zlib near numa:1", found, 10));
  EXPECT_THAT(text, HasSubstr(R"("answers":[{"node":"n1","queues":["z"],"reason":{)"));
  EXPECT_THAT(text, HasSubstr(R"("misses":[{"node":"n2","miss":{)"));
}

TEST(ClusterFind, AnAnswerSaysWhichResourceGivesItAndHowManyAreFree) {
  auto node = HealthyNode("n1");
  node.status.offers[0].free = 1;
  const auto found = FindInCluster({ViewOf(node)}, Parsed("zlib"));
  EXPECT_THAT(FormatClusterAnswer(Parsed("zlib"), found, 10), HasSubstr("nacelle.dev/sw-zip (1 free)"));
  const auto text = json::Write(DescribeClusterAnswer("zlib", found, 10));
  EXPECT_THAT(text, HasSubstr(R"("offer":{"resource":"nacelle.dev/sw-zip","through":"devicePlugin","free":1})"));
}

// Two queues, one at each NUMA node, each a device of the same resource.
crd::NodeAccelerators NodeOfTwo(const std::string& name) {
  auto node = HealthyNode(name);
  node.status.functions.push_back(node.status.functions[0]);
  auto& second = node.status.functions.back();
  second.id = second.queues[0].id = "z2";
  second.numa = 0;
  node.status.offers[0] = {.resource = "nacelle.dev/sw-zip", .devices = 2, .healthy = 2, .free = 2, .members = {{.id = "z"}, {.id = "z2"}}};
  return node;
}

TEST(ClusterFind, ANodeThatOffersSuchQueuesToNobodyCannot) {
  auto node = HealthyNode("n1");
  node.status.offers.clear();
  const auto found = FindInCluster({ViewOf(node), ViewOf(HealthyNode("n2"))}, Parsed("zlib"));
  ASSERT_EQ(found.answers.size(), 1u);
  EXPECT_EQ(found.answers[0].node, "n2");
  EXPECT_EQ(found.misses[0].result.miss->message, "such queues are there, and no offer gives them now; a policy can");
}

TEST(ClusterFind, AnOfferThatHasNoFreeDeviceGivesNoneWhoeverHoldsThem) {
  auto node = HealthyNode("n1");
  node.status.offers[0].held = 1;
  node.status.offers[0].free = 0;
  EXPECT_TRUE(FindInCluster({ViewOf(node)}, Parsed("zlib")).answers.empty());
}

// Two queues go by one name through claims, of which one is held; a third goes by another name.
crd::NodeAccelerators NodeOfThree(std::vector<crd::NodeHolding> holdings) {
  auto node = NodeOfTwo("n1");
  node.status.functions.push_back(node.status.functions[0]);
  node.status.functions.back().id = node.status.functions.back().queues[0].id = "z3";
  node.status.offers = {{.resource = "nacelle.dev/a", .through = "dra", .devices = 2, .healthy = 2, .held = 1, .free = 1, .members = {{.id = "z"}, {.id = "z2"}}},
                        {.resource = "nacelle.dev/b", .devices = 1, .healthy = 1, .free = 1, .members = {{.id = "z3"}}}};
  node.status.holdings = std::move(holdings);
  return node;
}

TEST(ClusterFind, WhatAClaimOfNoKnownPodHoldsIsNotFreeAndTheOthersAnswer) {
  const auto found = FindInCluster({ViewOf(NodeOfThree({{"nacelle.dev/a", "z", "", "", ""}}))}, Parsed("2 zlib"));
  ASSERT_EQ(found.answers.size(), 1u);
  EXPECT_EQ(found.answers[0].result.answers[0].queues, (std::vector<std::string>{"z2", "z3"}));
  EXPECT_EQ(found.answers[0].doors, (std::vector<Door>{{"nacelle.dev/a", "dra", 1}, {"nacelle.dev/b", "devicePlugin", 1}}));
}

TEST(ClusterFind, WhereAnOlderAgentDoesNotNameWhatIsHeldThatIsTheReason) {
  const auto found = FindInCluster({ViewOf(NodeOfThree({}))}, Parsed("zlib,numa=0 + zlib"));
  ASSERT_EQ(found.misses.size(), 1u);
  EXPECT_THAT(found.misses[0].result.miss->message, HasSubstr("an agent of an earlier version does not name all that are held"));
}

TEST(ClusterFind, OfQueuesThatAreNotOfferedTheNextBestThatIsAnswers) {
  auto node = NodeOfTwo("n1");
  node.status.offers[0].members = {{.id = "z2"}};
  const auto found = FindInCluster({ViewOf(node)}, Parsed("zlib near numa:1"));
  ASSERT_EQ(found.answers.size(), 1u);
  EXPECT_EQ(found.answers[0].result.answers[0].queues, std::vector<std::string>{"z2"});
}

TEST(ClusterFind, SeveralDevicesAreAskedForTogetherAndChosenByTheKubelet) {
  const auto query = Parsed("2 zlib");
  const auto found = FindInCluster({ViewOf(NodeOfTwo("n1"))}, query);
  ASSERT_EQ(found.answers.size(), 1u);
  const auto text = FormatClusterAnswer(query, found, 10);
  EXPECT_THAT(text, HasSubstr("2 nacelle.dev/sw-zip (2 free) *"));
  EXPECT_THAT(text, HasSubstr("\n*: a pod can ask for these together"));
  const auto described = json::Write(DescribeClusterAnswer("2 zlib", found, 10));
  EXPECT_THAT(described, HasSubstr(R"("offer":null,"offers":[{"resource":"nacelle.dev/sw-zip","through":"devicePlugin","free":2,"asked":2}])"));
}

TEST(ClusterFind, AClaimGetsJustTheseQueuesWhereAllOfThemGoThroughDra) {
  auto node = NodeOfTwo("n1");
  node.status.offers[0].through = "dra";
  const auto found = FindInCluster({ViewOf(node)}, Parsed("2 zlib"));
  ASSERT_EQ(found.answers.size(), 1u);
  EXPECT_EQ(found.answers[0].way, Way::kExact);
  EXPECT_THAT(FormatClusterAnswer(Parsed("2 zlib"), found, 10), HasSubstr("2 nacelle.dev/sw-zip (2 free, by claim)"));
}

TEST(ClusterFind, ABundleThatHasJustTheseQueuesComesBeforeDevicesOneByOne) {
  auto bundled = NodeOfTwo("bundled");
  bundled.status.offers[0] = {.resource = "nacelle.dev/pair", .devices = 1, .healthy = 1, .free = 1, .members = {{.id = "b-1", .queues = {"z", "z2"}}}};
  auto nearer = NodeOfTwo("nearer");
  nearer.status.functions[1].numa = 1;
  const auto found = FindInCluster({ViewOf(nearer), ViewOf(bundled)}, Parsed("2 zlib"));
  ASSERT_EQ(found.answers.size(), 2u);
  EXPECT_EQ(found.answers[0].node, "bundled");
  EXPECT_THAT(FormatClusterAnswer(Parsed("2 zlib"), found, 10), HasSubstr("nacelle.dev/pair (1 free) "));
}

TEST(ClusterFind, QueuesOfTwoBundlesAreNoAnswer) {
  auto node = NodeOfTwo("n1");
  node.status.offers[0].members = {{.id = "b-1", .queues = {"z", "y"}}, {.id = "b-2", .queues = {"z2", "y2"}}};
  EXPECT_TRUE(FindInCluster({ViewOf(node)}, Parsed("2 zlib")).answers.empty());
}

TEST(ClusterFind, OfManyAnswersOnlyTheFirstAreShown) {
  std::vector<NodeView> nodes;
  for (int i = 0; i < 5; ++i) nodes.push_back(ViewOf(HealthyNode("n" + std::to_string(i))));
  const auto query = Parsed("zlib");
  const auto text = FormatClusterAnswer(query, FindInCluster(nodes, query), 2);
  EXPECT_THAT(text, HasSubstr("n1"));
  EXPECT_THAT(text, testing::Not(HasSubstr("n2")));
  EXPECT_THAT(text, HasSubstr("5 of 5 nodes can. "));
}

TEST(ClusterFind, ANodeThatStartsNoPodsNowOrIsGoneIsAMissWithThatReason) {
  const auto query = Parsed("zlib");
  const auto all = FindInCluster({ViewOf(HealthyNode("n1")), ViewOf(HealthyNode("n2")), ViewOf(HealthyNode("n3")), ViewOf(HealthyNode("n4"))}, query);
  const auto found = WithFitness(all, query, 3, {{"n1", {.unfit = "the node is cordoned"}}, {"n2", {}}});
  EXPECT_EQ(FirstNodes(found, 10), (std::vector<std::string>{"n2", "n4"})) << "n4 was not asked";
  ASSERT_EQ(found.misses.size(), 2u);
  EXPECT_EQ(found.misses[0].result.miss->message, "the node is cordoned");
  EXPECT_EQ(found.misses[1].node, "n3");
  EXPECT_EQ(found.misses[1].result.miss->message, "the node is gone");
}

TEST(ClusterFind, ATaintThatAPodCanTolerateIsSaid) {
  const auto query = Parsed("zlib");
  auto found = FindInCluster({ViewOf(HealthyNode("n1")), ViewOf(HealthyNode("n2"))}, query);
  const Fitness tainted{.taints = {"dedicated:NoSchedule"}};
  found = WithFitness(found, query, 2, {{"n1", tainted}, {"n2", tainted}});
  EXPECT_THAT(FormatClusterAnswer(query, found, 10), HasSubstr("2 of 2 nodes can.\nA pod must tolerate dedicated:NoSchedule on n1, n2.\n"));
  EXPECT_THAT(json::Write(DescribeClusterAnswer("zlib", found, 10)), HasSubstr(R"("taints":["dedicated:NoSchedule"])"));
}

TEST(ClusterFind, OfNodesThatAreAsNearTheOneWithMoreFreeSharesComesFirst) {
  auto shared = [](const std::string& name, std::int64_t shares) {
    auto node = HealthyNode(name);
    node.status.offers[0].members[0].shares = shares;
    node.status.offers[0].devices = node.status.offers[0].healthy = node.status.offers[0].free = shares;
    return node;
  };
  auto busy = shared("b", 3);
  busy.status.holdings = {{"nacelle.dev/sw-zip", "z", "default", "p", "main"}, {"nacelle.dev/sw-zip", "z-1", "default", "q", "main"}};
  busy.status.offers[0].held = 2;
  busy.status.offers[0].free = 1;
  const auto found = FindInCluster({ViewOf(busy), ViewOf(shared("a", 1)), ViewOf(shared("c", 2))}, Parsed("zlib near numa:1"));
  EXPECT_EQ(FirstNodes(found, 10), (std::vector<std::string>{"c", "a", "b"}));
}

TEST(ClusterFind, WhereOnlyTheNodesShownWereAskedItSaysSo) {
  const auto query = Parsed("zlib");
  auto found = FindInCluster({ViewOf(HealthyNode("n1")), ViewOf(HealthyNode("n2"))}, query);
  EXPECT_EQ(FirstNodes(found, 1), std::vector<std::string>{"n1"});
  EXPECT_THAT(FormatClusterAnswer(query, found, 1), HasSubstr("2 of 2 nodes can. Of those that are not shown it was not asked whether they are ready.\n"));
  EXPECT_THAT(FormatClusterAnswer(query, found, 2), HasSubstr("2 of 2 nodes can.\n"));
  found.all_are_ready = true;
  EXPECT_THAT(FormatClusterAnswer(query, found, 1), HasSubstr("2 of 2 nodes can.\n"));
}

TEST(ClusterFind, WhereTheObjectIsTooLargeToSayWhoHoldsWhatTheOffersCountsDecide) {
  auto node = BusyNode("n1");
  node.status.truncated = "members of offers";
  node.status.holdings.clear();
  node.status.offers[0].members.clear();
  node.status.offers[0].devices = 1;
  node.status.offers[0].free = 0;
  const auto query = Parsed("zlib");
  EXPECT_TRUE(FindInCluster({ViewOf(node)}, query).answers.empty());
  node.status.offers[0].free = 1;
  const auto found = FindInCluster({ViewOf(node)}, query);
  ASSERT_EQ(found.answers.size(), 1u);
  EXPECT_THAT(FormatClusterAnswer(query, found, 10), HasSubstr("not known, left out"));
  EXPECT_THAT(FormatClusterAnswer(query, found, 10), HasSubstr("Not complete: 1 node (n1) too large for one object"));
}

TEST(ClusterFind, WhereTheObjectIsTooLargeToSayWhichDevicesThereAreKnownHoldersCount) {
  auto node = NodeOfTwo("n1");
  node.status.truncated = "left out: members of offers";
  node.status.summary.functions = 2;
  node.status.offers[0].members.clear();
  node.status.holdings = {{"nacelle.dev/sw-zip", "z", "default", "p", "main"}};
  const auto found = FindInCluster({ViewOf(HealthyNode("n2")), ViewOf(node)}, Parsed("zlib near numa:1"));
  ASSERT_EQ(found.answers.size(), 2u);
  EXPECT_EQ(found.answers[0].node, "n2") << "what is known to be offered comes first";
  EXPECT_EQ(found.answers[1].result.answers[0].queues, std::vector<std::string>{"z2"});
}

TEST(ClusterFind, AMissOfANodeThatIsTooLargeForItsObjectIsNotComplete) {
  auto node = NodeOfTwo("n1");
  node.status.truncated = "left out: 2 links";
  node.status.summary.functions = 2;
  const auto text = [&](std::string_view query) { return FormatClusterAnswer(Parsed(query), FindInCluster({ViewOf(node)}, Parsed(query)), 10); };
  EXPECT_THAT(text("2 zlib chained"), HasSubstr("Not complete: 1 node (n1) "));
  EXPECT_THAT(text("2 zlib"), testing::Not(HasSubstr("Not complete"))) << "links do not matter";
  node.status.summary.functions = 3;
  EXPECT_THAT(text("lz4"), HasSubstr("Not complete")) << "a function is left out";
  EXPECT_THAT(json::Write(DescribeClusterAnswer("lz4", FindInCluster({ViewOf(node)}, Parsed("lz4")), 10)), HasSubstr(R"("left_out":true)"));
}

}  // namespace
}  // namespace nacelle::kubectl
