// SPDX-License-Identifier: Apache-2.0
#include "agent/publish/node_publisher.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <tuple>

#include "core/base/run_group.h"
#include "core/kube/cluster_client.h"
#include "tests/support/contract_api_server.h"

namespace nacelle {
namespace {

using namespace std::chrono_literals;

constexpr const char* kNode = "/api/v1/nodes/n1";
constexpr const char* kPath = "/apis/nacelle.dev/v1alpha1/nodeaccelerators/n1";

class NodePublisherTest : public testing::Test {
 protected:
  explicit NodePublisherTest(std::chrono::milliseconds await_policy = 5ms) : await_policy_(await_policy) {
    server_.Put(kNode, json::Object{{"metadata", json::Object{{"name", "n1"}, {"uid", "node-uid"}}}});
    Scan(1);
  }
  ~NodePublisherTest() override { threads_.Stop(); }

  void Scan(int functions) {
    Inventory machine;
    machine.node = "n1";
    for (int i = 0; i < functions; ++i) machine.functions.push_back({.id = "f" + std::to_string(i), .family = "uacce", .interface = "hisi_zip"});
    feed_.Publish(machine);
  }

  void Start() {
    threads_.Start("watch", [this](const std::stop_token& stop) { return publisher_.RunWatch(stop); });
    threads_.Start("publish", [this](const std::stop_token& stop) { return publisher_.Run(stop); });
  }

  NodeView View() {
    const std::lock_guard lock(mutex_);
    return {.inventory = feed_.Latest().inventory, .holdings = holdings_, .ready = ready_, .claims_ready = claims_ready_};
  }

  NodePublisherOptions Fast() const {
    NodePublisherOptions options;
    options.await_policy = await_policy_;
    options.look = 5ms;
    options.write_gap = 1ms;
    options.retry_first = options.watch.retry_first = 5ms;
    options.retry_most = options.watch.retry_most = 20ms;
    options.watch.watch_gap = 1ms;
    return options;
  }

  crd::NodeAccelerators Node() const {
    auto node = crd::ReadNodeAccelerators(server_.Object(kPath));
    return node ? *node : crd::NodeAccelerators();
  }
  std::size_t Writes() const { return server_.Count("PATCH"); }
  bool WaitForFunctions(int functions) const {
    return server_.Wait([&] { return Node().status.summary.functions == functions; });
  }
  bool WaitForPolicy(const std::optional<std::string>& wanted) {
    return server_.Wait([&] {
      const std::lock_guard lock(mutex_);
      return told_ && taken_ == wanted;
    });
  }
  void PutSpec(const std::string& policy, std::int64_t generation) {
    crd::NodeSpec spec;
    spec.policy = crd::PolicyRef{policy, generation, "uid"};
    auto object = *server_.Object(kPath).AsObject();
    auto metadata = *object.Find("metadata")->AsObject();
    metadata.Set("generation", 7);
    object.Set("metadata", metadata);
    object.Set("spec", crd::WriteNodeSpec(spec));
    server_.Put(kPath, object);
  }

  const std::chrono::milliseconds await_policy_;
  ContractApiServer server_;
  ClusterClient api_{{server_.url(), {}, {}}};
  InventoryFeed feed_;
  std::mutex mutex_;
  // All below guarded by mutex_.
  std::vector<Holding> holdings_;
  Health ready_;
  Health claims_ready_;
  bool told_ = false;
  std::optional<std::string> taken_;
  NodePublisher::Verdict verdict_;
  int silent_ = 0;  // how often there was no object

  NodePublisher publisher_{{api_, feed_, "n1", [this] { return View(); },
                            [this](const std::optional<std::string>& text) {
                              const std::lock_guard lock(mutex_);
                              told_ = true;
                              taken_ = text;
                            },
                            [this](const std::string&) {
                              const std::lock_guard lock(mutex_);
                              return verdict_;
                            },
                            [this] {
                              const std::lock_guard lock(mutex_);
                              ++silent_;
                            }},
                           Fast()};
  RunGroup threads_;
};

TEST_F(NodePublisherTest, MakesTheObjectOwnedByItsNode) {
  Start();
  ASSERT_TRUE(WaitForFunctions(1));
  const auto object = server_.Object(kPath);
  const auto* owners = FindMember(object, {"metadata", "ownerReferences"});
  ASSERT_NE(owners, nullptr);
  EXPECT_EQ(json::Write(*owners), R"([{"apiVersion":"v1","kind":"Node","name":"n1","uid":"node-uid"}])");
  EXPECT_EQ(FindCondition(Node().status.conditions, "Ready")->status, "True");
}

TEST_F(NodePublisherTest, WritesNothingWhileNothingChanges) {
  Start();
  ASSERT_TRUE(WaitForFunctions(1));
  const auto writes = Writes();
  std::atomic<int> looks = 0;
  ASSERT_TRUE(server_.Wait([&] { return ++looks > 20; }));
  EXPECT_EQ(Writes(), writes);
}

// An API server answers members by name, whoever wrote them in which order.
TEST_F(NodePublisherTest, AStatusInAnotherOrderIsTheSame) {
  Start();
  ASSERT_TRUE(WaitForFunctions(1));
  const auto written = *server_.Object(kPath).AsObject();
  const auto members = written.Find("status")->AsObject()->members();
  json::Object turned;
  for (auto it = members.rbegin(); it != members.rend(); ++it) turned.Set(it->first, it->second);
  const auto writes = Writes();
  auto object = written;
  object.Set("status", turned);
  server_.Put(kPath, object);
  EXPECT_FALSE(server_.Wait([&] { return Writes() > writes; }, 100ms));
  Scan(2);
  ASSERT_TRUE(WaitForFunctions(2));
  EXPECT_EQ(Writes(), writes + 1) << "that of the change";
}

// A member that says nothing, and is somebody else's, stays where ours are applied.
TEST_F(NodePublisherTest, WhatSomebodyElseAddsIsNotWrittenAgainstForEver) {
  Start();
  ASSERT_TRUE(WaitForFunctions(1));
  auto object = *server_.Object(kPath).AsObject();
  auto status = *object.Find("status")->AsObject();
  status.Set("truncated", "");
  object.Set("status", status);
  const auto writes = Writes();
  server_.Put(kPath, object);
  server_.Wait([&] { return Writes() > writes + 2; }, 300ms);
  EXPECT_LE(Writes(), writes + 1);
  Scan(2);
  EXPECT_TRUE(WaitForFunctions(2)) << "what changes is written all the same";
}

TEST_F(NodePublisherTest, AChangeOfTheMachineIsOneApply) {
  Start();
  ASSERT_TRUE(WaitForFunctions(1));
  const auto writes = Writes();
  Scan(3);
  ASSERT_TRUE(WaitForFunctions(3));
  EXPECT_EQ(Writes(), writes + 1);
}

class SlowOperatorTest : public NodePublisherTest {
 protected:
  SlowOperatorTest() : NodePublisherTest(1h) {}
};

TEST_F(SlowOperatorTest, AnObjectThatIsMadeAnewDoesNotTakeThePolicyAway) {
  Start();
  ASSERT_TRUE(WaitForFunctions(1));
  PutSpec("p", 1);
  ASSERT_TRUE(server_.Wait([&] {
    const std::lock_guard lock(mutex_);
    return told_ && taken_.has_value();
  }));
  server_.Remove(kPath);
  ASSERT_TRUE(WaitForFunctions(1)) << "it is there again";
  const std::lock_guard lock(mutex_);
  EXPECT_GE(silent_, 1);
  EXPECT_TRUE(taken_) << "its spec is empty, for as long as the operator needs";
}

TEST_F(NodePublisherTest, WhoHoldsWhatIsShown) {
  Start();
  ASSERT_TRUE(WaitForFunctions(1));
  {
    const std::lock_guard lock(mutex_);
    holdings_ = {{"nacelle.dev/hisi-zip", "f0", "ns", "pod", "box"}};
  }
  EXPECT_TRUE(server_.Wait([&] { return Node().status.holdings == std::vector<crd::NodeHolding>{{"nacelle.dev/hisi-zip", "f0", "ns", "pod", "box"}}; }));
}

TEST_F(NodePublisherTest, ANodeOfWhichNoClaimsCanBeMadeIsNotReady) {
  claims_ready_ = {false, "the DRA driver is not registered"};
  Start();
  ASSERT_TRUE(WaitForFunctions(1));
  const auto conditions = Node().status.conditions;
  const auto* ready = crd::FindCondition(conditions, "Ready");
  EXPECT_EQ(std::tuple(ready->status, ready->reason, ready->message), std::tuple("False", "NoClaims", "the DRA driver is not registered"));
}

TEST_F(NodePublisherTest, AStatusThatSomebodyElseChangedIsMended) {
  Start();
  ASSERT_TRUE(WaitForFunctions(1));
  auto object = *server_.Object(kPath).AsObject();
  object.Set("status", json::Object());
  server_.Put(kPath, object);
  EXPECT_TRUE(WaitForFunctions(1));
}

TEST_F(NodePublisherTest, AnObjectThatWasRemovedIsMadeAnew) {
  Start();
  ASSERT_TRUE(WaitForFunctions(1));
  server_.Remove(kPath);
  EXPECT_TRUE(WaitForFunctions(1));
}

TEST_F(NodePublisherTest, ThePolicyOfTheSpecIsTakenAndItsVerdictShown) {
  Start();
  ASSERT_TRUE(WaitForFunctions(1));
  ASSERT_TRUE(WaitForPolicy(std::nullopt));
  {
    const std::lock_guard lock(mutex_);
    verdict_ = Status();
  }
  PutSpec("p", 2);
  ASSERT_TRUE(server_.Wait([&] { return Node().status.policy == crd::PolicyRef{"p", 2, "uid"}; }));
  EXPECT_EQ(FindCondition(Node().status.conditions, "PolicyAccepted")->status, "True");
  EXPECT_EQ(Node().status.observed_generation, 7);
  const std::lock_guard lock(mutex_);
  ASSERT_TRUE(taken_);
  EXPECT_NE(taken_->find(R"("kind":"AcceleratorPolicy","metadata":{"name":"p"})"), std::string::npos) << *taken_;
}

TEST_F(NodePublisherTest, ARefusedPolicyLeavesTheOneBeforeInForceAndSaysWhy) {
  verdict_ = Status();
  Start();
  ASSERT_TRUE(WaitForFunctions(1));
  PutSpec("p", 1);
  ASSERT_TRUE(server_.Wait([&] { return Node().status.policy.has_value(); }));
  {
    const std::lock_guard lock(mutex_);
    verdict_ = Status(Error(Code::kInvalid, "8 shares, and the queue has 4 instances"));
  }
  PutSpec("p", 2);
  ASSERT_TRUE(server_.Wait([&] {
    const auto node = Node();
    const auto* accepted = FindCondition(node.status.conditions, "PolicyAccepted");
    return accepted != nullptr && accepted->status == "False" && node.spec.policy->generation == 2;
  }));
  EXPECT_EQ(Node().status.policy->generation, 1);
  EXPECT_EQ(FindCondition(Node().status.conditions, "PolicyAccepted")->message, "8 shares, and the queue has 4 instances");
}

TEST_F(NodePublisherTest, AServerThatComesBackGetsWhatChangedMeanwhile) {
  Start();
  ASSERT_TRUE(WaitForFunctions(1));
  server_.Stop();
  Scan(2);
  server_.Start();
  EXPECT_TRUE(WaitForFunctions(2));
}

TEST_F(NodePublisherTest, WithoutTheRightThereIsNoPolicyToWaitFor) {
  server_.SetFaults({.refuse_path = "/nodeaccelerators"});
  Start();
  EXPECT_TRUE(server_.Wait([&] {
    const std::lock_guard lock(mutex_);
    return silent_ > 0;
  }));
  EXPECT_EQ(Writes(), 0u);
}

TEST_F(NodePublisherTest, AServerThatIsAwayLeavesThePolicyUnknown) {
  server_.SetFaults({.statuses = std::deque<int>(5, 503)});
  Start();
  ASSERT_TRUE(server_.Wait([&] { return server_.Count("GET") >= 3; }));
  EXPECT_TRUE(WaitForPolicy(std::nullopt)) << "once it answers, there is none";
}

}  // namespace
}  // namespace nacelle
