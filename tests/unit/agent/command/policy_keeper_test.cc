// SPDX-License-Identifier: Apache-2.0
#include "agent/command/policy_keeper.h"

#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string Text(const std::string& spec) {
  return "apiVersion: nacelle.dev/v1alpha1\nkind: AcceleratorPolicy\nspec: " + spec + "\n";
}

class PolicyKeeperTest : public testing::Test {
 protected:
  PolicyKeeperTest() : folder_(fs::path(testing::TempDir()) / ("policy-keeper-" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "state");
    fs::create_directories(folder_ / "etc");
    Inventory inventory;
    inventory.node = "n1";
    inventory.functions.emplace_back();
    inventory.functions[0].id = "f";
    inventory.functions[0].operations = {"zlib"};
    inventory.functions[0].queues.emplace_back();
    inventory.functions[0].queues[0].id = "f";
    inventory.functions[0].queues[0].instances = 2;
    feed_.Publish(inventory);
  }
  ~PolicyKeeperTest() override { fs::remove_all(folder_); }

  PolicyKeeper::Parts PartsFor(Metrics& metrics) {
    return {folder_ / "etc" / "p.yaml", folder_ / "state" / "policy.yaml", feed_, host_.root(), metrics,
            [this](const Policy& policy) {
              const std::lock_guard lock(mutex_);
              adopted_.push_back(policy);
              changed_.notify_all();
            }};
  }

  void Write(const std::string& text) const { ASSERT_TRUE(WriteFileDurably(folder_ / "etc" / "p.yaml", text)); }

  bool WaitFor(std::size_t policies) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 10s, [&] { return adopted_.size() >= policies; });
  }

  static bool IsCurrent(const Metrics& metrics) {
    return metrics.Render().find("nacelle_policy_current 1") != std::string::npos;
  }

  const fs::path folder_;
  FakeHost host_{{"/sys", "/"}};
  InventoryFeed feed_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Policy> adopted_;  // guarded by mutex_
};

TEST_F(PolicyKeeperTest, AdoptsTheFileOnceForEachOfItsContents) {
  Write(Text("{rest: hide}"));
  Metrics metrics;
  PolicyKeeper keeper(PartsFor(metrics));
  keeper.Look();
  keeper.Look();
  ASSERT_EQ(adopted_.size(), 1u);
  EXPECT_EQ(adopted_[0].rest, Rest::kHide);
  EXPECT_TRUE(IsCurrent(metrics));
  Write(Text("{}"));
  keeper.Look();
  ASSERT_EQ(adopted_.size(), 2u);
  EXPECT_EQ(adopted_[1].rest, Rest::kDefault);
}

TEST_F(PolicyKeeperTest, AMistakeLeavesTheLastGoodPolicyInForce) {
  Write(Text("{rest: hide}"));
  Metrics metrics;
  PolicyKeeper keeper(PartsFor(metrics));
  keeper.Look();
  Write(Text("{rset: hide}"));
  testing::internal::CaptureStderr();
  keeper.Look();
  keeper.Look();
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(adopted_.size(), 1u);
  EXPECT_FALSE(IsCurrent(metrics));
  const auto line = log.find("p.yaml:3: unknown key 'rset'");
  EXPECT_NE(line, std::string::npos) << log;
  EXPECT_EQ(log.find("p.yaml:3", line + 1), std::string::npos) << "told more than once: " << log;
  Write(Text("{rest: hide}"));
  keeper.Look();
  EXPECT_EQ(adopted_.size(), 1u) << "it was in force all the time";
  EXPECT_TRUE(IsCurrent(metrics));
}

TEST_F(PolicyKeeperTest, AFileThatIsRemovedLeavesTheLastGoodPolicyInForce) {
  Write(Text("{rest: hide}"));
  Metrics metrics;
  PolicyKeeper keeper(PartsFor(metrics));
  keeper.Look();
  fs::remove(folder_ / "etc" / "p.yaml");
  keeper.Look();
  EXPECT_EQ(adopted_.size(), 1u);
  EXPECT_FALSE(IsCurrent(metrics));
}

TEST_F(PolicyKeeperTest, TheNextAgentTakesTheLastGoodPolicyWhileTheFileHasAMistake) {
  Metrics first_metrics, metrics;
  Write(Text("{rest: hide}"));
  PolicyKeeper(PartsFor(first_metrics)).Look();
  Write("nonsense");
  PolicyKeeper keeper(PartsFor(metrics));
  keeper.Look();
  ASSERT_EQ(adopted_.size(), 2u);
  EXPECT_EQ(adopted_[1].rest, Rest::kHide);
  EXPECT_FALSE(IsCurrent(metrics));
}

TEST_F(PolicyKeeperTest, WithoutAnyGoodPolicyNothingIsAdopted) {
  Write("nonsense");
  Metrics metrics;
  PolicyKeeper keeper(PartsFor(metrics));
  keeper.Look();
  EXPECT_TRUE(adopted_.empty());
}

TEST_F(PolicyKeeperTest, MoreSharesThanAQueueOfThisMachineHasInstancesAreRefused) {
  Write(Text("{offers: [{name: x, find: zlib, sharesPerQueue: 4}]}"));
  Metrics metrics;
  PolicyKeeper keeper(PartsFor(metrics));
  testing::internal::CaptureStderr();
  keeper.Look();
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(adopted_.empty());
  EXPECT_NE(log.find("sharesPerQueue is 4, but f has 2 instances; at most 2 would be right"), std::string::npos) << log;
}

TEST_F(PolicyKeeperTest, APolicyThatCannotBeRememberedIsInForceAllTheSame) {
  Write(Text("{rest: hide}"));
  fs::remove_all(folder_ / "state");
  Metrics metrics;
  PolicyKeeper keeper(PartsFor(metrics));
  keeper.Look();
  EXPECT_EQ(adopted_.size(), 1u);
}

std::string ClusterText(const std::string& name, const std::string& spec) {
  return R"({"apiVersion":"nacelle.dev/v1alpha1","kind":"AcceleratorPolicy","metadata":{"name":")" + name + R"("},"spec":)" + spec + "}";
}

TEST_F(PolicyKeeperTest, ThePolicyOfTheClusterGoesBeforeTheFile) {
  Write(Text("{rest: hide}"));
  Metrics metrics;
  PolicyKeeper keeper(PartsFor(metrics));
  const auto text = ClusterText("p", R"({"rest":"default"})");
  keeper.TellCluster(text);
  EXPECT_FALSE(keeper.VerdictOf(text)) << "it was not looked at";
  keeper.Look();
  ASSERT_EQ(adopted_.size(), 1u);
  EXPECT_EQ(adopted_[0].name, "p");
  EXPECT_EQ(keeper.VerdictOf(text), Status());
  keeper.TellCluster(std::nullopt);
  keeper.Look();
  ASSERT_EQ(adopted_.size(), 2u);
  EXPECT_EQ(adopted_[1].rest, Rest::kHide) << "the file's again";
}

TEST_F(PolicyKeeperTest, WithoutFileAndPolicyEveryFunctionIsOffered) {
  Metrics metrics;
  auto parts = PartsFor(metrics);
  parts.file.clear();
  PolicyKeeper keeper(parts);
  keeper.Look();
  ASSERT_EQ(adopted_.size(), 1u);
  EXPECT_EQ(adopted_[0].rest, Rest::kDefault);
  EXPECT_TRUE(adopted_[0].offers.empty());
}

TEST_F(PolicyKeeperTest, NothingIsOfferedBeforeTheClusterIsHeardForTheFirstTime) {
  Metrics metrics;
  auto parts = PartsFor(metrics);
  parts.file.clear();
  parts.await_cluster = true;
  PolicyKeeper keeper(parts);
  keeper.Look();
  EXPECT_TRUE(adopted_.empty());
  keeper.TellCluster(std::nullopt);
  keeper.Look();
  EXPECT_EQ(adopted_.size(), 1u);
}

TEST_F(PolicyKeeperTest, WhileTheClusterIsAwayTheLastGoodPolicyStands) {
  Metrics first_metrics;
  PolicyKeeper first(PartsFor(first_metrics));
  first.TellCluster(ClusterText("p", R"({"rest":"hide"})"));
  first.Look();
  Metrics metrics;
  auto parts = PartsFor(metrics);
  parts.await_cluster = true;
  PolicyKeeper next(parts);
  next.Look();
  ASSERT_EQ(adopted_.size(), 2u);
  EXPECT_EQ(adopted_[1].name, "p");
  EXPECT_FALSE(IsCurrent(metrics)) << "the cluster may say otherwise";
}

TEST_F(PolicyKeeperTest, AClusterThatFallsSilentTakesNoPolicyAway) {
  Metrics metrics;
  PolicyKeeper keeper(PartsFor(metrics));
  keeper.TellCluster(ClusterText("p", R"({"rest":"default"})"));
  keeper.Look();
  keeper.TellClusterSilent();
  keeper.Look();
  ASSERT_EQ(adopted_.size(), 1u);

  Metrics next_metrics;
  auto parts = PartsFor(next_metrics);
  parts.await_cluster = true;
  PolicyKeeper next(parts);
  next.TellClusterSilent();
  next.Look();
  ASSERT_EQ(adopted_.size(), 2u);
  EXPECT_EQ(adopted_[1].name, "p") << "after a restart";
}

TEST_F(PolicyKeeperTest, WhereTheClusterWasAlwaysSilentTheFileIsInForceAfterARestartToo) {
  Write(Text("{rest: hide}"));
  for (int run = 0; run < 2; ++run) {
    Metrics metrics;
    auto parts = PartsFor(metrics);
    parts.await_cluster = true;
    PolicyKeeper keeper(parts);
    keeper.TellClusterSilent();
    keeper.Look();
    ASSERT_EQ(adopted_.size(), run + 1u);
    EXPECT_EQ(adopted_.back().rest, Rest::kHide);
  }
}

TEST_F(PolicyKeeperTest, AClusterPolicyThatThisMachineCannotServeIsRefusedWithTheReason) {
  Metrics metrics;
  PolicyKeeper keeper(PartsFor(metrics));
  const auto text = ClusterText("p", R"({"offers":[{"name":"c","find":"zlib","sharesPerQueue":3}]})");
  keeper.TellCluster(ClusterText("p", "{}"));
  keeper.Look();
  keeper.TellCluster(text);
  keeper.Look();
  EXPECT_EQ(adopted_.size(), 1u) << "the one before stays in force";
  const auto verdict = keeper.VerdictOf(text);
  ASSERT_TRUE(verdict);
  ASSERT_FALSE(*verdict);
  EXPECT_NE(verdict->error().message().find("NodeAccelerators"), std::string::npos) << verdict->error().message();
}

TEST_F(PolicyKeeperTest, WhatTheClusterSaysIsLookedAtWithoutWaiting) {
  Metrics metrics;
  auto parts = PartsFor(metrics);
  parts.file.clear();
  parts.await_cluster = true;
  PolicyKeeper keeper(parts);
  std::jthread running([&](const std::stop_token& stop) { (void)keeper.Run(stop); });
  keeper.TellCluster(ClusterText("a", "{}"));
  ASSERT_TRUE(WaitFor(1));
  keeper.TellCluster(ClusterText("b", "{}"));
  EXPECT_TRUE(WaitFor(2));
}

TEST_F(PolicyKeeperTest, AConfigMapThatKubernetesReplacesIsReadAgain) {
  const auto etc = folder_ / "etc";
  for (const auto* version : {"..one", "..two"}) fs::create_directory(etc / version);
  std::ofstream(etc / "..one" / "p.yaml") << Text("{rest: hide}");
  std::ofstream(etc / "..two" / "p.yaml") << Text("{}");
  fs::create_directory_symlink("..one", etc / "..data");
  fs::create_symlink("..data/p.yaml", etc / "p.yaml");
  Metrics metrics;
  auto parts = PartsFor(metrics);
  parts.look_anyway = 1h;
  parts.look_without_inotify = 1h;
  PolicyKeeper keeper(std::move(parts));
  std::jthread thread([&](const std::stop_token& stop) { EXPECT_TRUE(keeper.Run(stop).ok()); });
  ASSERT_TRUE(WaitFor(1));
  fs::create_directory_symlink("..two", etc / "..data_tmp");
  fs::rename(etc / "..data_tmp", etc / "..data");
  ASSERT_TRUE(WaitFor(2));
  EXPECT_EQ(adopted_[1].rest, Rest::kDefault);
}

TEST_F(PolicyKeeperTest, AFolderThatComesLaterIsFoundWithoutInotify) {
  fs::remove_all(folder_ / "etc");
  Metrics metrics;
  auto parts = PartsFor(metrics);
  parts.look_without_inotify = 5ms;
  PolicyKeeper keeper(std::move(parts));
  std::jthread thread([&](const std::stop_token& stop) { EXPECT_TRUE(keeper.Run(stop).ok()); });
  fs::create_directory(folder_ / "etc");
  Write(Text("{rest: hide}"));
  EXPECT_TRUE(WaitFor(1));
}

}  // namespace
}  // namespace nacelle
