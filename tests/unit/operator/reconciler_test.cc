// SPDX-License-Identifier: Apache-2.0
#include "operator/control/reconciler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stop_token>
#include <thread>

#include "core/kube/back_off.h"
#include "core/kube/cluster_client.h"
#include "tests/support/contract_api_server.h"

namespace nacelle {
namespace {

constexpr const char* kClass = "/apis/resource.k8s.io/v1/deviceclasses/zip";
constexpr const char* kPolicy = R"({"metadata":{"name":"p","uid":"u-p","generation":1,"resourceVersion":"1"},
  "spec":{"offers":[{"name":"zip","find":"zlib","through":"dra"}]}})";

json::Value Json(const std::string& text) { return *json::Parse(text); }

// Three nodes whose agents have no policy yet, and one policy.
class ReconcilerTest : public testing::Test {
 protected:
  ReconcilerTest() {
    ClusterState::Objects nodes;
    ClusterState::Objects objects;
    for (const std::string name : {"n1", "n2", "n3"}) {
      nodes[name] = Json(R"({"metadata":{"name":")" + name + R"("},"status":{"conditions":[{"type":"Ready","status":"True"}]}})");
      const auto path = std::string(crd::kNodes) + "/" + name;
      server_.Put(path, Json(R"({"metadata":{"name":")" + name + R"("},"status":{"conditions":[
        {"type":"Ready","status":"True","reason":"R","lastTransitionTime":"2026-01-01T00:00:00Z"}]}})"));
      objects[name] = server_.Object(path);
    }
    server_.Put(std::string(crd::kPolicies) + "/p", Json(kPolicy));
    server_.Put("/apis/rbac.authorization.k8s.io/v1/clusterroles/nacelle-agent", Json(R"({"metadata":{"name":"nacelle-agent"}})"));
    state_.Replace(Collection::kNodes, nodes);
    state_.Replace(Collection::kObjects, objects);
    state_.Replace(Collection::kPolicies, {{"p", Json(kPolicy)}});
    state_.Replace(Collection::kClasses, {});
  }

  static std::string Path(const std::string& node) { return std::string(crd::kNodes) + "/" + node; }
  // As a person.
  void SetRest(const std::string& node, const std::string& rest) {
    auto object = *server_.Object(Path(node)).AsObject();
    object.Set("spec", json::Object{{"rest", rest}});
    server_.Put(Path(node), std::move(object));
    Show(Collection::kObjects, node, Path(node));
  }
  // As its agent, which has taken the policy of the spec.
  void Take(const std::string& node) {
    const auto present = server_.Object(Path(node));
    auto object = *present.AsObject();
    auto status = *object.Find("status")->AsObject();
    status.Set("policy", *FindMember(present, {"spec", "policy"}));
    object.Set("status", std::move(status));
    server_.Put(Path(node), std::move(object));
    Show(Collection::kObjects, node, Path(node));
  }
  // As its agent says.
  void SetReady(const std::string& node, const char* ready) {
    auto object = *server_.Object(Path(node)).AsObject();
    auto status = *object.Find("status")->AsObject();
    status.Set("conditions", json::Array{json::Object{{"type", "Ready"}, {"status", ready}, {"reason", "R"},
                                                      {"lastTransitionTime", "2026-01-01T00:00:00Z"}}});
    object.Set("status", std::move(status));
    server_.Put(Path(node), std::move(object));
    Show(Collection::kObjects, node, Path(node));
  }
  // What is written to the API server's paths that have that part.
  std::size_t Written(const std::string& part) const {
    std::size_t count = 0;
    for (const auto& request : server_.requests()) count += request.method == "PATCH" && request.path.find(part) != std::string::npos ? 1 : 0;
    return count;
  }
  // As the watch shows it after a write.
  void Show(Collection collection, const std::string& name, const std::string& path) {
    const auto object = server_.Object(path);
    state_.Change(collection, name, &object);
  }

  ContractApiServer server_;
  ClusterClient api_{{server_.url(), "", ""}};
  ClusterState state_;
  Metrics metrics_;
  static ReconcilerOptions AtOnce() {
    ReconcilerOptions options;
    options.status_gap = std::chrono::milliseconds(0);
    return options;
  }
  Reconciler reconciler_{api_, state_, [] { return true; }, metrics_, AtOnce()};
};

class RefusedSpecTest : public ReconcilerTest, public testing::WithParamInterface<int> {};

TEST_P(RefusedSpecTest, IsNotTriedAgainBeforeItIsDueAndHoldsNothingUp) {
  server_.SetFaults({.refuse_path = "nodeaccelerators/n1", .refuse_with = GetParam()});
  EXPECT_FALSE(reconciler_.Step({})) << "there is more to do";
  // What its agent says in the meantime is no reason to try again.
  Show(Collection::kObjects, "n1", Path("n1"));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(reconciler_.Step({}));
  EXPECT_EQ(Written("nodeaccelerators/n1"), 1u);
  EXPECT_EQ(Written("nodeaccelerators/n2"), 1u);
  const auto policy = json::Write(server_.Object(std::string(crd::kPolicies) + "/p"));
  EXPECT_THAT(policy, testing::HasSubstr("NotWritten"));
  EXPECT_THAT(policy, testing::HasSubstr("refused: "));
}

INSTANTIATE_TEST_SUITE_P(Whatever, RefusedSpecTest, testing::Values(401, 403, 409));

TEST_F(ReconcilerTest, ANodeWhoseSpecWasRefusedHasItOnceItIsTaken) {
  auto options = AtOnce();
  options.specs.first = std::chrono::milliseconds(0);
  Reconciler reconciler(api_, state_, [] { return true; }, metrics_, options);
  server_.SetFaults({.refuse_path = "nodeaccelerators/n1"});
  reconciler.Step({});
  server_.SetFaults({});
  reconciler.Step({});
  EXPECT_EQ(TextAt(server_.Object(Path("n1")), {"spec", "policy", "name"}), "p");
}

TEST_F(ReconcilerTest, ANodeThatGotNoAnswerCountsUntilTheWatchShowsThatItsAgentHasTakenIt) {
  server_.SetFaults({.refuse_path = "nodeaccelerators/n1", .refuse_with = 500});
  reconciler_.Step({});
  // It was written all the same.
  auto object = *server_.Object(Path("n1")).AsObject();
  object.Set("spec", Json(R"({"policy":{"name":"p","generation":1,"uid":"u-p"},"offers":[{"name":"zip","find":"zlib","through":"dra"}]})"));
  server_.Put(Path("n1"), std::move(object));
  reconciler_.Step({});
  EXPECT_EQ(Written("nodeaccelerators/n2"), 0u) << "not seen yet";
  Show(Collection::kObjects, "n1", Path("n1"));
  reconciler_.Step({});
  EXPECT_EQ(Written("nodeaccelerators/n2"), 0u) << "not taken yet";
  Take("n1");
  reconciler_.Step({});
  EXPECT_EQ(Written("nodeaccelerators/n1"), 1u);
  EXPECT_EQ(Written("nodeaccelerators/n2"), 1u);
}

TEST_F(ReconcilerTest, ANodeThatGotNoAnswerTooOftenIsNamedAndHoldsNothingUp) {
  auto options = AtOnce();
  options.specs.tries_in_doubt = 1;
  Reconciler reconciler(api_, state_, [] { return true; }, metrics_, options);
  server_.SetFaults({.refuse_path = "nodeaccelerators/n1", .refuse_with = 500});
  for (int i = 0; i < 3; ++i) reconciler.Step({});
  EXPECT_EQ(Written("nodeaccelerators/n1"), 1u);
  EXPECT_EQ(Written("nodeaccelerators/n2"), 1u);
  EXPECT_THAT(json::Write(server_.Object(std::string(crd::kPolicies) + "/p")), testing::HasSubstr("NotWritten"));
}

// A person has set a field that nobody wants, with a policy and without one.
TEST_F(ReconcilerTest, ANodeWhoseSpecStaysAnotherIsWrittenOnceAndCountsUntilItsAgentHasTakenIt) {
  SetRest("n1", "hide");
  server_.SetFaults({.drop = "offers"});
  for (const std::string name : {"n1", "n2", "n3"}) {
    for (int i = 0; i < 3; ++i) reconciler_.Step({});
    EXPECT_EQ(Written("nodeaccelerators/"), static_cast<std::size_t>(name[1] - '0')) << name;
    EXPECT_EQ(Written("nodeaccelerators/" + name), 1u) << name;
    Take(name);
  }
  reconciler_.Step({});
  EXPECT_THAT(json::Write(server_.Object(std::string(crd::kPolicies) + "/p")), testing::HasSubstr("n1 and 2 other nodes: spec.offers is not as it was applied"));
}

TEST_F(ReconcilerTest, WithoutAPolicyWhatAPersonHasSetStaysAndIsTriedAgainWhenItChanges) {
  state_.Replace(Collection::kPolicies, {});
  SetRest("n1", "hide");
  for (int i = 0; i < 3; ++i) reconciler_.Step({});
  EXPECT_EQ(Written("nodeaccelerators/n1"), 1u);
  SetRest("n1", "default");
  reconciler_.Step({});
  EXPECT_EQ(Written("nodeaccelerators/n1"), 1u) << "it is as it should be";
  SetRest("n1", "hide");
  reconciler_.Step({});
  EXPECT_EQ(Written("nodeaccelerators/n1"), 2u);
}

TEST_F(ReconcilerTest, ANodeThatIsNotReadyIsMarkedSoWhenItIsWritten) {
  const auto down = Json(R"({"metadata":{"name":"n1"},"status":{"conditions":[{"type":"Ready","status":"False"}]}})");
  state_.Change(Collection::kNodes, "n1", &down);
  reconciler_.Step({});
  for (const std::string name : {"n1", "n2"}) {
    const auto object = server_.Object(std::string(crd::kNodes) + "/" + name);
    EXPECT_EQ(TextAt(object, {"metadata", "annotations", kUnreadyBefore}).empty(), name != "n1") << name;
  }
}

TEST_F(ReconcilerTest, ANodeThatIsNotReadyForClaimsOnlyIsMarkedSoWhenItIsWritten) {
  auto object = *server_.Object(Path("n1")).AsObject();
  object.Set("status", json::Object{{"conditions", json::Array{json::Object{{"type", "Ready"}, {"status", "False"}, {"reason", crd::kNoClaims}}}}});
  server_.Put(Path("n1"), std::move(object));
  Show(Collection::kObjects, "n1", Path("n1"));
  reconciler_.Step({});
  const auto written = server_.Object(Path("n1"));
  EXPECT_FALSE(TextAt(written, {"metadata", "annotations", kNoClaimsBefore}).empty()) << json::Write(written);
  EXPECT_TRUE(TextAt(written, {"metadata", "annotations", kUnreadyBefore}).empty()) << json::Write(written);
  EXPECT_EQ(Written("nodeaccelerators/"), 1u) << "what goes by its device plugin is at stake";
}

// All nodes have the policy, and the agent of one comes and goes.
TEST_F(ReconcilerTest, APolicyWhoseNodeComesAndGoesIsWrittenNoMoreThanOnceInAWhileAndToldOnce) {
  for (const std::string name : {"n1", "n2", "n3"}) {
    reconciler_.Step({});
    Take(name);
  }
  const auto flip = [&](Reconciler& reconciler) {
    const auto before = Written("acceleratorpolicies/p/status");
    for (int i = 0; i < 4; ++i) {
      SetReady("n1", i % 2 == 0 ? "False" : "True");
      reconciler.Step({});
      Show(Collection::kPolicies, "p", std::string(crd::kPolicies) + "/p");
    }
    return Written("acceleratorpolicies/p/status") - before;
  };
  EXPECT_EQ(flip(reconciler_), 4u);
  const auto told = server_.Count("POST");
  EXPECT_EQ(flip(reconciler_), 4u);
  EXPECT_EQ(server_.Count("POST"), told) << "all are ready, again";
  auto options = AtOnce();
  options.status_gap = std::chrono::hours(1);
  Reconciler slow(api_, state_, [] { return true; }, metrics_, options);
  EXPECT_EQ(flip(slow), 1u);
}

TEST_F(ReconcilerTest, AStatusThatWaitsIsWrittenThoughNothingElseChanges) {
  for (const std::string name : {"n1", "n2", "n3"}) {
    reconciler_.Step({});
    Take(name);
  }
  Show(Collection::kClasses, "zip", kClass);
  const auto before = Written("acceleratorpolicies/p/status");
  const auto written = [&] { return Written("acceleratorpolicies/p/status") - before; };
  auto options = AtOnce();
  options.gather = std::chrono::milliseconds(0);
  options.look_anyway = std::chrono::hours(1);
  options.status_gap = std::chrono::milliseconds(200);
  std::stop_source stop;
  const auto leads = [&] {
    if (written() == 2) stop.request_stop();
    return true;
  };
  Reconciler reconciler(api_, state_, leads, metrics_, options);
  SetReady("n1", "False");
  ASSERT_TRUE(reconciler.Step({}));
  Show(Collection::kPolicies, "p", std::string(crd::kPolicies) + "/p");
  SetReady("n1", "True");
  const std::jthread give_up([&](const std::stop_token& done) {
    Pause(std::chrono::seconds(10), done);
    stop.request_stop();
  });
  EXPECT_TRUE(reconciler.Run(stop.get_token()));
  EXPECT_EQ(written(), 2u);
}

TEST_F(ReconcilerTest, ADeviceClassFromWhichTheServerDropsAFieldIsWrittenOnce) {
  server_.SetFaults({.drop = "extendedResourceName"});
  for (int i = 0; i < 3; ++i) {
    reconciler_.Step({});
    Show(Collection::kClasses, "zip", kClass);
  }
  EXPECT_EQ(Written("deviceclasses/zip"), 1u);
}

TEST_F(ReconcilerTest, ADeviceClassThatIsRefusedWaitsBeforeItIsTriedAgain) {
  server_.SetFaults({.refuse_path = "deviceclasses"});
  for (int i = 0; i < 3; ++i) reconciler_.Step({});
  EXPECT_EQ(Written("deviceclasses/zip"), 1u);
  EXPECT_THAT(state_.View()->refused_classes.at("zip"), testing::HasSubstr("refused: "));
}

TEST_F(ReconcilerTest, ADeviceClassThatWasRefusedIsMadeOnceItIsTaken) {
  auto options = AtOnce();
  options.classes = {.first = std::chrono::milliseconds(0), .most = std::chrono::milliseconds(0)};
  Reconciler reconciler(api_, state_, [] { return true; }, metrics_, options);
  server_.SetFaults({.refuse_path = "deviceclasses"});
  reconciler.Step({});
  server_.SetFaults({});
  reconciler.Step({});
  EXPECT_FALSE(server_.Object(kClass).is_null());
  EXPECT_TRUE(state_.View()->refused_classes.empty());
}

TEST_F(ReconcilerTest, ADeviceClassBelongsToTheRelease) {
  reconciler_.Step({});
  EXPECT_THAT(json::Write(server_.Object(kClass)), testing::HasSubstr(R"("ownerReferences":[{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","name":"nacelle-agent","uid":)"));
}

TEST_F(ReconcilerTest, ADeviceClassOfBeforeTheReleaseCouldBeReadIsGivenToItLater) {
  auto options = AtOnce();
  options.classes = {.first = std::chrono::milliseconds(0), .most = std::chrono::milliseconds(0)};
  Reconciler reconciler(api_, state_, [] { return true; }, metrics_, options);
  server_.SetFaults({.refuse_path = "clusterroles"});
  reconciler.Step({});
  EXPECT_THAT(json::Write(server_.Object(kClass)), testing::Not(testing::HasSubstr("ownerReferences")));
  EXPECT_TRUE(state_.View()->refused_classes.empty());
  server_.SetFaults({});
  reconciler.Step({});
  EXPECT_THAT(json::Write(server_.Object(kClass)), testing::HasSubstr("ownerReferences"));
}

TEST_F(ReconcilerTest, WhatAPersonAddsToADeviceClassIsLeftAlone) {
  reconciler_.Step({});
  auto spec = *FindMember(server_.Object(kClass), {"spec"})->AsObject();
  spec.Set("config", json::Array{});
  auto whole = *server_.Object(kClass).AsObject();
  whole.Set("spec", std::move(spec));
  server_.Put(kClass, std::move(whole));
  Show(Collection::kClasses, "zip", kClass);
  reconciler_.Step({});
  EXPECT_EQ(Written("deviceclasses/zip"), 1u);
}

}  // namespace
}  // namespace nacelle
