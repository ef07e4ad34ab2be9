// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>

#include "core/select/query_parser.h"
#include "tests/integration/test_node.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

void Start(TestNode& node) {
  node.Add("sw_zip", 0, 0, 0);
  node.Add("sw_zip", 1, 1, 1);
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
}

// One of the two queues of Start is held by a container of pod "p", after the agent's own pod.
struct Halves {
  std::string held;
  std::string free;
};

void HoldOne(TestNode& node, Halves& halves) {
  ASSERT_TRUE(node.kubelet.Admit("agent", "agent", {}));
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  halves.held = *node.kubelet.pods().Held(kZip).begin();
  halves.free = halves.held == IdOf("sw_zip", 0) ? IdOf("sw_zip", 1) : IdOf("sw_zip", 0);
}

bool NothingLeft(const TestNode& node) { return node.StateFiles("grants").empty() && node.StateFiles("views").empty(); }

TEST(Release, APodThatEndedLeavesNothingBehind) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 2}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  EXPECT_FALSE(node.kubelet.Wait([&] { return NothingLeft(node); }, milliseconds(400)));
  node.kubelet.RemovePod("p");
  EXPECT_TRUE(node.kubelet.Wait([&] { return NothingLeft(node); }));
}

// A kubelet that has started answers before the API server has told it of its pods, for
// minutes where that one is away.
TEST(Release, AKubeletThatDoesNotNameTheAgentsOwnPodFreesNothing) {
  auto options = TestNode::FastOptions();
  options.own_pod = "default/agent";
  TestNode node(options);
  Halves halves;
  ASSERT_NO_FATAL_FAILURE(HoldOne(node, halves));
  const auto& held = halves.held;
  const auto& free = halves.free;
  node.kubelet.pod_resources().SetHeardOf(0);
  node.kubelet.Restart();
  Policy renamed;
  renamed.offers = {{"new", *ParseQuery("zlib"), 1}};
  node.agent->SetPolicy(renamed);
  EXPECT_TRUE(node.kubelet.WaitForHealthy("nacelle.dev/new", {free}));
  EXPECT_FALSE(node.kubelet.Wait([&] { return NothingLeft(node); }, 4 * options.leave_after));
  EXPECT_TRUE(node.kubelet.WaitForHealthy("nacelle.dev/new", {free}));
  node.kubelet.pod_resources().SetHeardOf(PodResourcesService::kAllPods);
  node.kubelet.RemovePod("p");
  EXPECT_TRUE(node.kubelet.Wait([&] { return NothingLeft(node); }));
  EXPECT_TRUE(node.kubelet.WaitForHealthy("nacelle.dev/new", {held, free}));
}

// It adds them one by one, oldest first, and the agent's is the oldest.
TEST(Release, AKubeletThatNamesTheAgentsPodButNotYetTheHolderFreesNothing) {
  auto options = TestNode::FastOptions();
  options.own_pod = "default/agent";
  options.leave_after = std::chrono::hours(1);
  TestNode node(options);
  Halves halves;
  ASSERT_NO_FATAL_FAILURE(HoldOne(node, halves));
  const auto& held = halves.held;
  const auto& free = halves.free;
  Policy renamed;
  renamed.offers = {{"new", *ParseQuery("zlib"), 1}};
  node.agent->SetPolicy(renamed);
  ASSERT_TRUE(node.kubelet.WaitForHealthy("nacelle.dev/new", {free}));
  node.kubelet.pod_resources().SetHeardOf(1);
  EXPECT_FALSE(node.kubelet.Wait([&] { return node.kubelet.Devices("nacelle.dev/new").contains(held); }, milliseconds(1500)));
  EXPECT_TRUE(node.kubelet.violations().empty());
}

// Two pods alike, each with an init container that has more than its main container.
TEST(Release, APodLikeTheOneBeforeKeepsItsGrantsAndViews) {
  auto options = TestNode::FastOptions();
  options.leave_after = std::chrono::hours(1);
  options.poll_holders = milliseconds(300);
  TestNode node(options);
  Start(node);
  for (const auto* pod : {"p", "q"}) {
    ASSERT_TRUE(node.kubelet.Admit(pod, "init", {{kZip, 2}}, true));
    ASSERT_TRUE(node.kubelet.Admit(pod, "main", {{kZip, 1}}));
    ASSERT_TRUE(node.kubelet.StartContainer(pod, "init"));
    ASSERT_TRUE(node.kubelet.StartContainer(pod, "main"));
    if (pod == std::string("p")) node.kubelet.RemovePod(pod);
  }
  const int before = node.kubelet.pod_resources().questions();
  ASSERT_TRUE(node.kubelet.Wait([&] { return node.kubelet.pod_resources().questions() > before + 2; }));
  EXPECT_EQ(node.StateFiles("grants").size(), 2u);
  EXPECT_EQ(node.StateFiles("views").size(), 2u);
}

// Its container may be one that a kubelet which has started has yet to hear of.
TEST(Release, ATornRecordAndItsViewStayAfterOneAnswer) {
  auto options = TestNode::FastOptions();
  options.leave_after = std::chrono::hours(1);
  TestNode node(options);
  const auto view = node.state() / "views" / "00000000000000bb" / "run-nacelle";
  fs::create_directories(view);
  fs::create_directories(node.state() / "grants");
  std::ofstream(node.state() / "grants" / "00000000000000bb.json") << "{\"version\":1";
  Start(node);
  ASSERT_TRUE(node.kubelet.Wait([&] { return node.kubelet.pod_resources().questions() >= 1; }));
  EXPECT_FALSE(node.kubelet.Wait([&] { return !fs::exists(view) || node.StateFiles("grants").empty(); }, milliseconds(400)));
}

TEST(Release, ATornRecordAndAViewWithoutOneAreSweptAfterAStart) {
  TestNode node;
  const auto state = node.state();
  fs::create_directories(state / "views" / "00000000000000aa" / "run-nacelle");
  fs::create_directories(state / "grants");
  std::ofstream(state / "grants" / "00000000000000bb.json") << "{\"version\":1";
  Start(node);
  EXPECT_TRUE(node.kubelet.Wait([&] { return NothingLeft(node); }));
}

DevicePluginOptions SoonIdle() {
  auto options = TestNode::FastOptions();
  options.forget_unlisted = milliseconds(100);
  return options;
}

// An init container is started, and its grant becomes idle.
void StartUntilIdle(TestNode& node) {
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "init", {{kZip, 1}}, true));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "init"));
  ASSERT_TRUE(node.kubelet.Wait([&] { return node.StateFiles("views").empty(); }));
}

// As of an init container, which PodResources leaves out: the kubelet starts it
// again, after a reboot for one, without an Allocate.
TEST(Release, AGrantThatIsNeverListedGivesUpItsViewAndStartsAgainAllTheSame) {
  TestNode node(SoonIdle());
  StartUntilIdle(node);
  EXPECT_EQ(node.StateFiles("grants").size(), 1u);
  node.StopAgent();
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
  const auto again = node.kubelet.StartContainer("p", "init");
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_TRUE(fs::is_symlink(fs::path(again->mounts.at("/sys/class/uacce")) / "sw_zip-0"));
}

// The kubelet has the device on record for its pod: without it on the list it would panic.
TEST(Release, AVanishedDeviceOfAnIdleGrantStaysListedUntilItsPodHasEnded) {
  TestNode node(SoonIdle());
  StartUntilIdle(node);
  const auto listed = [&] { return node.kubelet.Devices(kZip).contains(IdOf("sw_zip", 0)); };
  node.Remove("sw_zip", 0);
  node.Publish();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 1)}));
  EXPECT_FALSE(node.kubelet.Wait([&] { return !listed(); }, 4 * node.options.leave_after));
  node.kubelet.RemovePod("p");
  ASSERT_TRUE(node.kubelet.Admit("q", "c", {{kZip, 1}}));  // so the kubelet writes its record
  EXPECT_TRUE(node.kubelet.Wait([&] { return !listed(); }));
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.StateFiles("grants").size() == 1; }));
  EXPECT_TRUE(node.kubelet.violations().empty());
}

TEST(Release, AnIdleGrantWhoseDevicesWentElsewhereIsRefusedWithTheReason) {
  TestNode node(SoonIdle());
  StartUntilIdle(node);
  Policy policy;
  policy.rest = Rest::kHide;
  node.agent->SetPolicy(policy);
  ASSERT_TRUE(node.kubelet.Wait([&] { return !node.kubelet.StartContainer("p", "init"); }));
  const auto refused = node.kubelet.StartContainer("p", "init");
  EXPECT_NE(refused.error().message().find("went elsewhere"), std::string::npos) << refused.error().message();
}

TEST(Release, RecordsThatWereBeingWrittenInACrashAreSwept) {
  TestNode node;
  fs::create_directories(node.state() / "grants");
  std::ofstream(node.state() / "grants" / "00000000000000aa.json.new") << "{";
  Start(node);
  EXPECT_TRUE(node.kubelet.Wait([&] { return NothingLeft(node); }));
}

TEST(Release, NothingIsRemovedWhilePodResourcesCannotBeAsked) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  node.kubelet.pod_resources().SetDown(true);
  node.kubelet.RemovePod("p");
  EXPECT_FALSE(node.kubelet.Wait([&] { return NothingLeft(node); }, milliseconds(500)));
  node.kubelet.pod_resources().SetDown(false);
  EXPECT_TRUE(node.kubelet.Wait([&] { return NothingLeft(node); }));
}

TEST(Release, AnAnswerBeyondSixteenMegabytesRemovesNothing) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  node.kubelet.pod_resources().SetNoise(PodResourcesService::Noise::kHuge);
  node.kubelet.RemovePod("p");
  EXPECT_FALSE(node.kubelet.Wait([&] { return NothingLeft(node); }, milliseconds(500)));
  node.kubelet.pod_resources().SetNoise(PodResourcesService::Noise::kNone);
  EXPECT_TRUE(node.kubelet.Wait([&] { return NothingLeft(node); }));
}

TEST(Release, NonsenseInAnAnswerChangesNothingForWhatItNamesRightly) {
  TestNode node;
  Start(node);
  node.kubelet.pod_resources().SetNoise(PodResourcesService::Noise::kNonsense);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  EXPECT_FALSE(node.kubelet.Wait([&] { return NothingLeft(node); }, milliseconds(500)));
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
  EXPECT_EQ(node.kubelet.Resources(), std::set<std::string>{kZip});
  EXPECT_FALSE(node.kubelet.Devices(kZip).contains("../../etc/passwd"));
  EXPECT_TRUE(node.kubelet.violations().empty());
  node.kubelet.RemovePod("p");
  EXPECT_TRUE(node.kubelet.Wait([&] { return NothingLeft(node); }));
}

TEST(Release, IsNoticedByAnAgentThatWasAwayWhenThePodEnded) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  node.StopAgent();
  node.kubelet.RemovePod("p");
  node.StartAgent();
  EXPECT_TRUE(node.kubelet.Wait([&] { return NothingLeft(node); }));
}

TEST(Release, DevicesGrantedAnewInAnotherCombinationReplaceTheEndedGrant) {
  auto options = TestNode::FastOptions();
  options.leave_after = std::chrono::hours(1);
  TestNode node(options);
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  node.kubelet.RemovePod("p");
  ASSERT_TRUE(node.kubelet.Admit("q", "c", {{kZip, 2}}));
  ASSERT_TRUE(node.kubelet.StartContainer("q", "c"));
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.StateFiles("grants").size() == 1; }));
  EXPECT_TRUE(node.kubelet.StartContainer("q", "c"));
}

TEST(Release, AnInitContainersGrantSurvivesTheAllocateOfItsPodsMainContainer) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "init", {{kZip, 1}}, true));
  ASSERT_TRUE(node.kubelet.Admit("p", "main", {{kZip, 2}}));
  ASSERT_TRUE(node.kubelet.Wait([&] { return node.StateFiles("grants").size() == 2; }));
  EXPECT_FALSE(node.kubelet.Wait([&] { return node.StateFiles("grants").size() < 2; }, milliseconds(300)));
  EXPECT_TRUE(node.kubelet.StartContainer("p", "init"));
  EXPECT_TRUE(node.kubelet.StartContainer("p", "main"));
}

TEST(Release, WhatIsNotOursInTheStateFolderStays) {
  TestNode node;
  fs::create_directories(node.state() / "grants");
  const auto note = node.state() / "grants" / "README.json";
  std::ofstream(note) << "mine";
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  node.kubelet.RemovePod("p");
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.StateFiles("grants") == std::vector<std::string>{"README.json"}; }));
}

TEST(Release, PodResourcesIsNotAskedWhileNobodyHoldsAnything) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Wait([&] { return node.kubelet.pod_resources().questions() >= 1; }));
  const int before = node.kubelet.pod_resources().questions();
  EXPECT_FALSE(node.kubelet.Wait([&] { return node.kubelet.pod_resources().questions() > before + 1; }, milliseconds(300)));
}

TEST(Release, RunningPodsKeepTheirGrantsOverARestartOfKubeletAndAgent) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  node.kubelet.Restart();
  node.StopAgent();
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
  EXPECT_FALSE(node.kubelet.Wait([&] { return NothingLeft(node); }, milliseconds(400)));
  EXPECT_TRUE(node.kubelet.StartContainer("p", "c"));
  EXPECT_FALSE(node.kubelet.Admit("q", "c", {{kZip, 2}}));
  EXPECT_TRUE(node.kubelet.violations().empty());
}

}  // namespace
}  // namespace nacelle
