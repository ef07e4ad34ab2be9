// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/select/query_parser.h"
#include "tests/integration/test_node.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;

constexpr const char* kCompression = "nacelle.dev/compression";

Policy Of(std::vector<PolicyOffer> offers, Rest rest = Rest::kDefault) {
  Policy policy;
  policy.offers = std::move(offers);
  policy.rest = rest;
  return policy;
}

PolicyOffer Compression(int shares = 1, const std::string& query = "zlib") {
  return {"compression", *ParseQuery(query), shares};
}

void Start(TestNode& node) {
  node.Add("sw_zip", 0, 0, 0);
  node.Add("sw_zip", 1, 1, 1);
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
}

// A container that holds one device of kZip; the id of it and of the other.
std::pair<std::string, std::string> HoldOne(TestNode& node) {
  EXPECT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  EXPECT_TRUE(node.kubelet.StartContainer("p", "c"));
  const auto held = node.kubelet.pods().Held(kZip);
  const auto a = IdOf("sw_zip", 0), b = IdOf("sw_zip", 1);
  return held.contains(a) ? std::pair(a, b) : std::pair(b, a);
}

TEST(PolicyOnANode, QueuesComeUnderTheNameOfTheOfferThatSelectsThem) {
  auto options = TestNode::FastOptions();
  options.policy = Of({Compression(4, "zlib,numa=0")});
  TestNode node(options);
  node.Add("sw_zip", 0, 0, 0);
  node.Add("sw_zip", 1, 1, 1);
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  const auto a = IdOf("sw_zip", 0);
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kCompression, {a, a + "-1", a + "-2", a + "-3"}));
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 1)}));
}

TEST(PolicyOnANode, UntilThereIsAPolicyNothingIsOfferedAndTheAgentIsNotReady) {
  auto options = TestNode::FastOptions();
  options.policy.reset();
  TestNode node(options);
  node.Add("sw_zip", 0, 0, 0);
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  EXPECT_FALSE(node.kubelet.Wait([&] { return !node.kubelet.Resources().empty(); }, milliseconds(300)));
  EXPECT_EQ(node.agent->ready().reason, "there is no policy without mistake yet");
  node.agent->SetPolicy(Of({Compression()}));
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kCompression, {IdOf("sw_zip", 0)}));
}

TEST(PolicyOnANode, ARenamedOfferKeepsItsHeldIdsUnderTheOldNameUntilTheyAreReleased) {
  TestNode node;
  Start(node);
  const auto [held, free] = HoldOne(node);
  node.agent->SetPolicy(Of({Compression()}));
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kCompression, {free}));
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {held}));
  EXPECT_TRUE(node.kubelet.StartContainer("p", "c"));
  EXPECT_FALSE(node.kubelet.Admit("q", "c", {{kCompression, 2}}));
  node.kubelet.RemovePod("p");
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kCompression, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
  EXPECT_TRUE(node.kubelet.Wait([&] { return !node.kubelet.Resources().contains(kZip); }));
  EXPECT_TRUE(node.kubelet.violations().empty());
}

TEST(PolicyOnANode, SharesChangeForAQueueWhenItIsReleased) {
  auto options = TestNode::FastOptions();
  options.policy = Of({Compression(1)});
  TestNode node(options);
  node.Add("sw_zip", 0, 0, 0);
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  const auto id = IdOf("sw_zip", 0);
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kCompression, {id}));
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kCompression, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  node.agent->SetPolicy(Of({Compression(4)}));
  EXPECT_FALSE(node.kubelet.Wait([&] { return node.kubelet.Devices(kCompression).size() > 1; }, milliseconds(400)));
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kCompression, {id}));
  node.kubelet.RemovePod("p");
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kCompression, {id, id + "-1", id + "-2", id + "-3"}));
  EXPECT_TRUE(node.kubelet.violations().empty());
}

TEST(PolicyOnANode, AfterFewerSharesNoneIsHandedOutBesideAHeldOne) {
  auto options = TestNode::FastOptions();
  options.policy = Of({Compression(4)});
  TestNode node(options);
  node.Add("sw_zip", 0, 0, 0);
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  const auto id = IdOf("sw_zip", 0);
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kCompression, {id, id + "-1", id + "-2", id + "-3"}));
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kCompression, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  const auto held = *node.kubelet.pods().Held(kCompression).begin();
  node.agent->SetPolicy(Of({Compression(1)}));
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kCompression, {held}));
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Devices(kCompression).size() == 1; }));
  node.kubelet.RemovePod("p");
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Devices(kCompression).contains(id); }));
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kCompression, {id}));
  EXPECT_TRUE(node.kubelet.violations().empty());
}

TEST(PolicyOnANode, TheNextAgentKnowsHowAHeldQueueWasDivided) {
  auto options = TestNode::FastOptions();
  options.policy = Of({Compression(1)});
  TestNode node(options);
  node.Add("sw_zip", 0, 0, 0);
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  const auto id = IdOf("sw_zip", 0);
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kCompression, {id}));
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kCompression, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  node.StopAgent();
  node.options.policy = Of({Compression(4)});
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kCompression, {id}));
  EXPECT_FALSE(node.kubelet.Wait([&] { return node.kubelet.Devices(kCompression).size() > 1; }, milliseconds(300)));
}

TEST(PolicyOnANode, WhatIsHiddenLeavesAndWhatIsHeldStaysHealthyUntilItIsReleased) {
  TestNode node;
  Start(node);
  const auto [held, free] = HoldOne(node);
  node.agent->SetPolicy(Of({}, Rest::kHide));
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {held}));
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Devices(kZip).size() == 1; }));
  EXPECT_TRUE(node.kubelet.StartContainer("p", "c"));
  EXPECT_FALSE(node.kubelet.Admit("q", "c", {{kZip, 1}}));
  node.kubelet.RemovePod("p");
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Resources().empty(); }));
  EXPECT_TRUE(node.kubelet.violations().empty());
}

TEST(PolicyOnANode, AnIdThatThePolicyTookAwayIsNotAllocatedByAKubeletThatHasNotHeard) {
  TestNode node;
  Start(node);
  const auto [held, free] = HoldOne(node);
  node.agent->SetPolicy(Of({Compression()}));
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kCompression, {free}));
  const auto refused = node.kubelet.Allocate(kZip, {{free}});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("'" + free + "' is not offered as " + kZip), std::string::npos)
      << refused.error().message();
  const auto kept = node.kubelet.Allocate(kZip, {{held}});
  ASSERT_FALSE(kept);
  EXPECT_NE(kept.error().message().find("stays with its holder"), std::string::npos) << kept.error().message();
}

TEST(PolicyOnANode, AnOfferThatSelectsNothingIsShownWithTheCountZero) {
  auto options = TestNode::FastOptions();
  options.policy = Of({Compression(1, "lz4")});
  TestNode node(options);
  Start(node);
  EXPECT_TRUE(node.kubelet.Wait([&] {
    return node.metrics->Render().find("nacelle_offer_devices{health=\"healthy\",resource=\"nacelle.dev/compression\"} 0") !=
           std::string::npos;
  })) << node.metrics->Render();
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.agent->ready().healthy; }));
}

TEST(PolicyOnANode, TheKubeletIsToldToPreferThePlaceThatTheQueryNames) {
  for (const int numa : {0, 1}) {
    auto options = TestNode::FastOptions();
    options.policy = Of({Compression(2, "zlib near numa:" + std::to_string(numa))});
    TestNode node(options);
    node.Add("sw_zip", 0, 0, 0);
    node.Add("sw_zip", 1, 1, 1);
    node.Publish();
    node.kubelet.Start();
    node.StartAgent();
    const auto a = IdOf("sw_zip", 0), b = IdOf("sw_zip", 1);
    ASSERT_TRUE(node.kubelet.WaitForHealthy(kCompression, {a, a + "-1", b, b + "-1"}));
    const auto preferred = node.kubelet.Prefer(kCompression, {a, a + "-1", b, b + "-1"}, {}, 1);
    ASSERT_TRUE(preferred);
    EXPECT_EQ(*preferred, (std::vector<std::string>{IdOf("sw_zip", numa)}));
  }
}

TEST(PolicyOnANode, WithoutMaskingAContainerGetsNoFoldersOfSys) {
  TestNode node;
  Start(node);
  Policy policy;
  policy.grant.mask_sysfs = false;
  node.agent->SetPolicy(policy);
  const auto response = node.kubelet.Allocate(kZip, {{IdOf("sw_zip", 0)}});
  ASSERT_TRUE(response);
  ASSERT_EQ(response->container_responses(0).mounts_size(), 2);
  EXPECT_EQ(response->container_responses(0).mounts(0).container_path(), "/dev/char");
  EXPECT_EQ(response->container_responses(0).mounts(1).container_path(), "/run/nacelle");
}

}  // namespace
}  // namespace nacelle
