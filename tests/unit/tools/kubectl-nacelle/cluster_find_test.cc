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

TEST(ClusterFind, AShareThatIsFreeIsEnough) {
  auto node = BusyNode("n1");
  node.status.offers[0].members[0].shares = 2;
  EXPECT_EQ(FindInCluster({ViewOf(node)}, Parsed("zlib")).answers.size(), 1u);
  node.status.holdings.push_back({"nacelle.dev/sw-zip", "z-1", "default", "q", "main"});
  EXPECT_TRUE(FindInCluster({ViewOf(node)}, Parsed("zlib")).answers.empty());
}

TEST(ClusterFind, ADeviceThatTwoContainersHaveIsHeldOnce) {
  auto node = BusyNode("n1");
  node.status.offers[0].members[0].shares = 2;
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

TEST(ClusterFind, AnAnswerThatNoResourceGivesSaysSo) {
  auto node = HealthyNode("n1");
  node.status.offers.clear();
  const auto found = FindInCluster({ViewOf(node)}, Parsed("zlib"));
  EXPECT_THAT(FormatClusterAnswer(Parsed("zlib"), found, 10), HasSubstr("\n-: no resource has just these queues as one device"));
  EXPECT_THAT(json::Write(DescribeClusterAnswer("zlib", found, 10)), HasSubstr(R"("offer":null)"));
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

TEST(ClusterFind, ANodeThatStartsNoPodsNowIsAMissWithThatReason) {
  const auto query = Parsed("zlib");
  const auto all = FindInCluster({ViewOf(HealthyNode("n1")), ViewOf(HealthyNode("n2"))}, query);
  const auto found = WithoutUnfit(all, query, {{"n1", "the node is cordoned"}, {"n3", "the node is not ready"}});
  ASSERT_EQ(found.answers.size(), 1u);
  EXPECT_EQ(found.answers[0].node, "n2");
  ASSERT_EQ(found.misses.size(), 1u);
  EXPECT_EQ(found.misses[0].result.miss->message, "the node is cordoned");
}

TEST(ClusterFind, WhereOnlyTheNodesShownWereAskedItSaysSo) {
  const auto query = Parsed("zlib");
  auto found = FindInCluster({ViewOf(HealthyNode("n1")), ViewOf(HealthyNode("n2"))}, query);
  EXPECT_EQ(ShownNodes(found, 1), std::vector<std::string>{"n1"});
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
  EXPECT_NE(FormatClusterAnswer(query, found, 10).find("not known, left out"), std::string::npos);
}

}  // namespace
}  // namespace nacelle::kubectl
