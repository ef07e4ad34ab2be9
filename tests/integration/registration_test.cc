// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>

#include "tests/integration/test_node.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;

TestNode* Started(TestNode* node) {
  node->Add("sw_zip", 0, 0, 0);
  node->Publish();
  node->kubelet.Start();
  node->StartAgent();
  return node;
}

TEST(Registration, AResourceIsRegisteredAndListed) {
  TestNode node;
  Started(&node);
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.agent->ready().healthy; }));
  EXPECT_TRUE(node.kubelet.violations().empty());
}

TEST(Registration, EachInterfaceIsAResourceOfItsOwn) {
  TestNode node;
  node.Add("sw_hash", 0, 0, 1);
  Started(&node);
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kHash, {IdOf("sw_hash", 0)}));
}

TEST(Registration, NothingIsRegisteredBeforeTheFirstScan) {
  TestNode node;
  node.kubelet.Start();
  node.StartAgent();
  EXPECT_EQ(node.agent->ready().reason, "the machine has not been scanned yet");
  node.Add("sw_zip", 0, 0, 0);
  node.Publish();
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
}

TEST(Registration, WaitsForAKubeletThatStartsLater) {
  TestNode node;
  node.Add("sw_zip", 0, 0, 0);
  node.Publish();
  node.StartAgent();
  EXPECT_FALSE(node.kubelet.Wait([&] { return node.agent->ready().healthy; }, milliseconds(50)));
  node.kubelet.Start();
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
}

TEST(Registration, ComesBackAfterARestartOfTheKubeletOnANewSocket) {
  TestNode node;
  Started(&node);
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
  const auto before = node.kubelet.Socket(kZip);
  node.kubelet.Restart();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
  EXPECT_NE(node.kubelet.Socket(kZip), before);
  EXPECT_TRUE(node.kubelet.violations().empty());
}

TEST(Registration, ComesBackWhenTheStreamIsCut) {
  TestNode node;
  Started(&node);
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
  const auto before = node.kubelet.Socket(kZip);
  node.kubelet.CutStream(kZip);
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Socket(kZip) != before; }));
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
  EXPECT_TRUE(node.kubelet.violations().empty());
}

TEST(Registration, SurvivesAKubeletThatDisconnectsTheNewerClient) {
  TestNode node;
  KubeletFaults faults;
  faults.old_client_race = true;
  node.kubelet.SetFaults(faults);
  Started(&node);
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
  node.kubelet.CutStream(kZip);
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Registrations() >= 2; }));
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
  EXPECT_TRUE(node.kubelet.violations().empty());
}

TEST(Registration, IsTriedAgainWhenTheKubeletRefuses) {
  TestNode node;
  KubeletFaults faults;
  faults.refuse_register = true;
  node.kubelet.SetFaults(faults);
  Started(&node);
  EXPECT_FALSE(node.kubelet.WaitForHealthy(kZip, {}) && node.agent->ready().healthy);
  node.kubelet.SetFaults({});
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
}

TEST(Registration, IsTriedAgainWhenTheKubeletNeverAnswers) {
  auto options = TestNode::FastOptions();
  options.call_limit = milliseconds(100);
  TestNode node(options);
  KubeletFaults faults;
  faults.never_answer_register = kZip;
  node.kubelet.SetFaults(faults);
  Started(&node);
  EXPECT_FALSE(node.kubelet.Wait([&] { return node.agent->ready().healthy; }, milliseconds(150)));
  node.kubelet.SetFaults({});
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
}

// A test where Register of one resource is never answered.
DevicePluginOptions Patient() {
  auto options = TestNode::FastOptions();
  options.call_limit = std::chrono::hours(1);
  return options;
}

TEST(Registration, OneThatIsNotAnsweredKeepsNoOther) {
  TestNode node(Patient());
  node.Add("sw_hash", 0, 0, 1);
  KubeletFaults faults;
  faults.never_answer_register = kHash;
  node.kubelet.SetFaults(faults);
  Started(&node);
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
}

TEST(Registration, OneThatIsNotAnsweredIsGivenUpForANewKubelet) {
  TestNode node(Patient());
  KubeletFaults faults;
  faults.never_answer_register = kZip;
  node.kubelet.SetFaults(faults);
  Started(&node);
  ASSERT_TRUE(node.kubelet.Wait([&] { return node.kubelet.RegisterCalls() == 1; }));
  ContractKubelet next(node.folder, node.options.leave_after);
  next.Start();
  EXPECT_TRUE(next.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
  EXPECT_TRUE(next.violations().empty());
  node.StopAgent();
}

TEST(Registration, IsRepeatedWhenTheKubeletNeverListens) {
  TestNode node;
  KubeletFaults faults;
  faults.never_listen = true;
  node.kubelet.SetFaults(faults);
  Started(&node);
  ASSERT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Registrations() == 1; }));
  node.kubelet.SetFaults({});
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
}

TEST(Registration, WorksThroughThePluginWatcher) {
  auto options = TestNode::FastOptions();
  options.route = RegistrationRoute::kPluginsRegistry;
  TestNode node(options);
  Started(&node);
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
  EXPECT_EQ(node.kubelet.Socket(kZip).parent_path().filename(), "plugins_registry");
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.agent->ready().healthy; }));
  node.kubelet.Restart();
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
  node.kubelet.CutStream(kZip);
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
}

TEST(Registration, IsTriedAgainWhenThePluginWatcherRefuses) {
  auto options = TestNode::FastOptions();
  options.route = RegistrationRoute::kPluginsRegistry;
  TestNode node(options);
  KubeletFaults faults;
  faults.refuse_register = true;
  node.kubelet.SetFaults(faults);
  Started(&node);
  EXPECT_FALSE(node.kubelet.Wait([&] { return node.agent->ready().healthy; }, milliseconds(100)));
  node.kubelet.SetFaults({});
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
}

TEST(Registration, ASocketThatIsRemovedBeforeThePluginWatcherComesIsMadeAnew) {
  auto options = TestNode::FastOptions();
  options.route = RegistrationRoute::kPluginsRegistry;
  TestNode node(options);
  node.Add("sw_zip", 0, 0, 0);
  node.Publish();
  node.StartAgent();
  const auto registry = node.folder / "plugins_registry";
  ASSERT_TRUE(node.kubelet.Wait([&] { return !std::filesystem::is_empty(registry); }));
  std::filesystem::remove_all(registry);
  std::filesystem::create_directory(registry);
  node.kubelet.Start();
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
}

TEST(Registration, LeavesNoSocketBehindAndRemovesOnlyItsOwnStaleOnes) {
  TestNode node;
  const auto stale = node.device_plugins() / "nacelle-0123abcd-0000000000000001.sock";
  const auto foreign = node.device_plugins() / "dsa.sock";
  node.kubelet.Start();
  for (const auto& path : {stale, foreign}) std::ofstream(path) << "";
  node.Add("sw_zip", 0, 0, 0);
  node.Publish();
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
  EXPECT_FALSE(std::filesystem::exists(stale));
  EXPECT_TRUE(std::filesystem::exists(foreign));
  const auto socket = node.kubelet.Socket(kZip);
  node.StopAgent();
  EXPECT_FALSE(std::filesystem::exists(socket));
}

TEST(Registration, RefusesAKubeletFolderWhoseSocketsWouldHaveTooLongAPath) {
  TestNode node;
  auto options = node.options;
  options.kubelet_dir = "/" + std::string(80, 'k');
  const auto created = DevicePlugins::Create(node.feed, node.host.root(), options, *std::make_unique<Metrics>(), node.clock);
  ASSERT_FALSE(created);
  EXPECT_NE(created.error().message().find("at most 107 bytes"), std::string::npos) << created.error().message();
}

TEST(Registration, TwoAgentsAtOnceDoNotRemoveOneAnothersSockets) {
  TestNode node;
  Started(&node);
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
  const auto socket = node.kubelet.Socket(kZip);
  Metrics metrics;
  auto options = node.options;
  options.route = RegistrationRoute::kPluginsRegistry;
  auto second = DevicePlugins::Create(node.feed, node.host.root(), options, metrics, node.clock);
  ASSERT_TRUE(second);
  std::jthread runner([&](const std::stop_token& stop) { (void)(*second)->Run(stop); });
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Registrations() >= 2; }));
  EXPECT_TRUE(std::filesystem::exists(socket));
}

}  // namespace
}  // namespace nacelle
