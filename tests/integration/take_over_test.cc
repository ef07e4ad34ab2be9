// SPDX-License-Identifier: Apache-2.0
// An agent that follows another one on the same node, as in an update of its image.
#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "tests/integration/test_node.h"

namespace nacelle {
namespace {

// One agent's plugins as RunAgent runs them: what it decides ends before it itself does.
class Agent {
 public:
  explicit Agent(const TestNode& node) {
    auto plugins = DevicePlugins::Create(node.feed, node.host.root(), node.options, metrics_, node.clock);
    if (!plugins) abort();
    plugins_ = *std::move(plugins);
    serving_ = std::jthread([this](const std::stop_token& stop) { (void)plugins_->Serve(stop); });
    deciding_ = std::jthread([this](std::stop_token stop) { (void)plugins_->Decide(std::move(stop)); });
  }

  void LetGo() { deciding_ = {}; }
  bool HasTriedToRegister() const {
    return metrics_.Render().find("nacelle_registrations_total{") != std::string::npos;
  }

 private:
  Metrics metrics_;
  std::unique_ptr<DevicePlugins> plugins_;
  std::jthread serving_;
  std::jthread deciding_;
};

class TakeOver : public testing::Test {
 protected:
  TakeOver() {
    node_.Add("sw_zip", 0, 0, 0);
    node_.Publish();
    SetFaults({.expect_overlap = true});
    node_.kubelet.Start();
    older_ = std::make_unique<Agent>(node_);
    EXPECT_TRUE(ListsIt());
  }

  void SetFaults(const KubeletFaults& faults) { node_.kubelet.SetFaults(faults); }
  bool ListsIt() const { return node_.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}); }
  void StartNewer() {
    const auto before = node_.kubelet.Socket(kZip);
    newer_ = std::make_unique<Agent>(node_);
    EXPECT_TRUE(node_.kubelet.Wait([&] { return node_.kubelet.Socket(kZip) != before; }));
    EXPECT_TRUE(ListsIt());
  }

  TestNode node_;
  std::unique_ptr<Agent> older_;
  std::unique_ptr<Agent> newer_;
};

TEST_F(TakeOver, TheOlderAgentsDevicesAreThereUntilTheNewerOneHasRegistered) {
  older_->LetGo();
  EXPECT_TRUE(node_.kubelet.Devices(kZip).at(IdOf("sw_zip", 0)).healthy);
  EXPECT_TRUE(node_.kubelet.Admit("p", "c", {{kZip, 1}}));
  StartNewer();
  older_.reset();
  EXPECT_TRUE(ListsIt());
  EXPECT_TRUE(node_.kubelet.StartContainer("p", "c"));
  EXPECT_EQ(node_.kubelet.Registrations(), 2u);
  EXPECT_TRUE(node_.kubelet.violations().empty());
}

TEST_F(TakeOver, WhatTheOlderAgentGrantsWhileTheNewerOneStartsIsGranted) {
  older_->LetGo();
  SetFaults({.refuse_register = true, .expect_overlap = true});
  newer_ = std::make_unique<Agent>(node_);
  ASSERT_TRUE(node_.kubelet.Wait([&] { return newer_->HasTriedToRegister(); }));  // so it has read the records
  ASSERT_TRUE(node_.kubelet.Admit("p", "c", {{kZip, 1}}));
  const auto before = node_.kubelet.Socket(kZip);
  SetFaults({.expect_overlap = true});
  ASSERT_TRUE(node_.kubelet.Wait([&] { return node_.kubelet.Socket(kZip) != before; }));
  older_.reset();
  const auto started = node_.kubelet.StartContainer("p", "c");
  EXPECT_TRUE(started) << started.error().message();
}

TEST_F(TakeOver, AnAgentThatLetGoRegistersNothingAnyMore) {
  older_->LetGo();
  node_.kubelet.Restart();
  StartNewer();
  EXPECT_EQ(node_.kubelet.Registrations(), 2u);
}

TEST_F(TakeOver, AKubeletThatEndsTheNewerAgentsStreamWithTheOldersHearsOfItAgain) {
  older_->LetGo();
  StartNewer();
  SetFaults({.old_client_race = true, .expect_overlap = true});
  older_.reset();
  EXPECT_TRUE(node_.kubelet.Wait([&] { return node_.kubelet.Registrations() == 3; }));
  EXPECT_TRUE(ListsIt());
}

}  // namespace
}  // namespace nacelle
