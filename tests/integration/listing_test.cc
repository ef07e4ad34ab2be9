// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/integration/test_node.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;

void Start(TestNode& node) {
  node.Add("sw_zip", 0, 0, 0);
  node.Add("sw_zip", 1, 2, 1);
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
}

TEST(ListAndWatch, TellsTheNearestNodeWithCpusNeverTheHbmNode) {
  TestNode node;
  Start(node);
  const auto devices = node.kubelet.Devices(kZip);
  EXPECT_EQ(devices.at(IdOf("sw_zip", 0)).numa, std::vector<int>{0});
  EXPECT_EQ(devices.at(IdOf("sw_zip", 1)).numa, std::vector<int>{1});
}

TEST(ListAndWatch, AnUnhealthyFunctionIsToldAtOnceAndRecovers) {
  TestNode node;
  Start(node);
  node.SetHealth(IdOf("sw_zip", 0), {false, "isolated"});
  node.Publish();
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 1)}));
  EXPECT_TRUE(node.kubelet.Devices(kZip).contains(IdOf("sw_zip", 0)));
  node.SetHealth(IdOf("sw_zip", 0), {});
  node.Publish();
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
}

TEST(ListAndWatch, ANumberThatAClaimsContainerCanOpenMakesTheQueueUnhealthyUntilItIsReleased) {
  TestNode node;
  Start(node);
  const auto& now = node.inventory.functions[0].queues[0].nodes[0];
  HeldShare claim{"nacelle.dev/zip", "old", {"old"}, 1, Route::kDra, {{now.major, now.minor}}};
  node.agent->offers().SetHeldElsewhere({claim});
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 1)}));
  node.agent->offers().SetHeldElsewhere({});
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
}

TEST(ListAndWatch, AnUnchangedListIsNotSentAgain) {
  TestNode node;
  Start(node);
  node.inventory.problems.push_back({"somewhere", "something"});
  node.Publish();
  node.SetHealth(IdOf("sw_zip", 0), {false, "isolated"});
  node.Publish();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 1)}));
  EXPECT_EQ(node.kubelet.Messages(kZip), 2u);
}

TEST(ListAndWatch, AGoneIdStaysUnhealthyForAWhileThenLeaves) {
  TestNode node;
  Start(node);
  node.Remove("sw_zip", 0);
  node.Publish();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 1)}));
  EXPECT_EQ(node.kubelet.Devices(kZip).size(), 2u);
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Devices(kZip).size() == 1; }));
  EXPECT_TRUE(node.kubelet.violations().empty());
}

TEST(ListAndWatch, NoIdLeavesWhilePodResourcesCannotBeAsked) {
  TestNode node;
  Start(node);
  node.kubelet.pod_resources().SetDown(true);
  node.Remove("sw_zip", 0);
  node.Publish();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 1)}));
  EXPECT_FALSE(node.kubelet.Wait([&] { return node.kubelet.Devices(kZip).size() == 1; }, milliseconds(400)));
  node.kubelet.pod_resources().SetDown(false);
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Devices(kZip).size() == 1; }));
}

TEST(ListAndWatch, AHeldIdStaysUnhealthyUntilItIsReleased) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 2}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  node.Remove("sw_zip", 0);
  node.Publish();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 1)}));
  EXPECT_FALSE(node.kubelet.Wait([&] { return node.kubelet.Devices(kZip).size() == 1; }, milliseconds(400)));
  node.kubelet.RemovePod("p");
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Devices(kZip).size() == 1; }));
  EXPECT_TRUE(node.kubelet.violations().empty());
}

TEST(ListAndWatch, AHeldIdThatIsGoneIsListedByTheNextAgentToo) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 2}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  node.StopAgent();
  node.Remove("sw_zip", 0);
  node.Publish();
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 1)}));
  EXPECT_EQ(node.kubelet.Devices(kZip).size(), 2u);
  EXPECT_TRUE(node.kubelet.violations().empty());
}

TEST(ListAndWatch, AHeldIdThatIsNoLongerTheSameIsUnhealthyUntilReleased) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 2}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  node.Remove("sw_zip", 0);
  node.Add("sw_zip", 0, 0, 7);
  node.Publish();
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 1)}));
  node.kubelet.RemovePod("p");
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
  EXPECT_TRUE(node.kubelet.Admit("q", "c", {{kZip, 2}}));
}

TEST(ListAndWatch, ANameThatIsNoLongerOfferedKeepsItsHeldIdsThenGoes) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  const auto held = node.kubelet.pods().Held(kZip);
  node.Remove("sw_zip", 0);
  node.Remove("sw_zip", 1);
  node.Add("sw_hash", 0, 0, 5);
  node.Publish();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {}));
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kHash, {IdOf("sw_hash", 0)}));
  ASSERT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Devices(kZip).size() == 1; }));
  EXPECT_TRUE(node.kubelet.Devices(kZip).contains(*held.begin()));
  node.kubelet.RemovePod("p");
  EXPECT_TRUE(node.kubelet.Wait([&] { return !node.kubelet.Resources().contains(kZip); }));
  EXPECT_TRUE(node.kubelet.Devices(kZip).empty());
  EXPECT_TRUE(node.kubelet.violations().empty());
}

TEST(ListAndWatch, ANameThatIsHeldIsServedAgainAfterTheStateFolderWasLost) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 2}}));
  node.StopAgent();
  std::filesystem::remove_all(node.state());
  node.Remove("sw_zip", 0);
  node.Remove("sw_zip", 1);
  node.Publish();
  node.StartAgent();
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Devices(kZip).size() == 2; }));
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {}));
}

TEST(ListAndWatch, AFunctionThatFailsAndComesBackKeepsItsIdUnderAnotherKernelIndex) {
  TestNode node;
  Start(node);
  node.Remove("sw_zip", 0);
  node.Publish();
  ASSERT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Devices(kZip).size() == 1; }));
  node.Add("sw_zip", 0, 0, 9);
  node.Publish();
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
}

TEST(ListAndWatch, ManyChangesInARowBecomeFewMessagesWithTheLastState) {
  TestNode node;
  Start(node);
  for (int i = 0; i < 200; ++i) {
    node.SetHealth(IdOf("sw_zip", 0), {i % 2 == 1, "flapping"});
    node.Publish();
  }
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
  EXPECT_LT(node.kubelet.Messages(kZip), 100u);
}

}  // namespace
}  // namespace nacelle
