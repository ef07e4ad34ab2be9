// SPDX-License-Identifier: Apache-2.0
#include "operator/control/cluster_state.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

json::Value Json(const std::string& text) {
  auto value = json::Parse(text);
  EXPECT_TRUE(value) << text;
  return value ? *value : json::Value();
}

json::Value NodeObject(int version, const std::string& more = "") {
  return Json(R"({"metadata":{"name":"n1","uid":"u","generation":2,"resourceVersion":")" + std::to_string(version) + R"("},)" + more +
              R"("status":{"observedGeneration":2,"conditions":[{"type":"Ready","status":"True","reason":"R","lastTransitionTime":"t"}],"functions":[{"id":"f"}]}})");
}

void ListAll(ClusterState& state) {
  for (const auto one : {Collection::kPolicies, Collection::kNodes, Collection::kObjects, Collection::kClasses}) state.Replace(one, {});
}

TEST(ClusterState, HasNoViewBeforeAllWasListed) {
  ClusterState state;
  state.Replace(Collection::kPolicies, {});
  state.Replace(Collection::kNodes, {});
  EXPECT_FALSE(state.View());
  state.Replace(Collection::kObjects, {});
  state.NoteAbsent(Collection::kObjects);
  EXPECT_FALSE(state.View());
  state.NoteAbsent(Collection::kClasses);
  ASSERT_TRUE(state.View());
  EXPECT_FALSE(state.View()->classes) << "a cluster without DRA";
}

TEST(ClusterState, KeepsOfAnObjectWhatDecides) {
  const auto kept = json::Write(ClusterState::Keep(Collection::kObjects, NodeObject(5)));
  EXPECT_EQ(kept.find("functions"), std::string::npos) << kept;
  EXPECT_NE(kept.find(R"("observedGeneration":2)"), std::string::npos) << kept;
}

TEST(ClusterState, ReadsLabelsAndReadinessOfNodes) {
  ClusterState state;
  ListAll(state);
  const auto node = Json(R"({"metadata":{"name":"n1","uid":"u","labels":{"a":"b"}},"status":{"conditions":[{"type":"Ready","status":"True"}]}})");
  const auto kept = ClusterState::Keep(Collection::kNodes, node);
  state.Change(Collection::kNodes, "n1", &kept);
  EXPECT_EQ(state.View()->nodes.at("n1"), (NodeState{{{"a", "b"}}, true, "u", {}}));
}

TEST(ClusterState, KnowsWhichLabelsItHasAppliedItself) {
  ClusterState state;
  ListAll(state);
  const auto node = Json(R"({"metadata":{"name":"n1","labels":{"nacelle.dev/a":"4","nacelle.dev/b":"1"},"managedFields":[
    {"manager":"me","operation":"Apply","fieldsV1":{"f:metadata":{"f:labels":{"f:nacelle.dev/b":{}}}}},
    {"manager":"nacelle-operator","operation":"Apply","fieldsV1":{"f:metadata":{"f:labels":{"f:nacelle.dev/a":{}}}}}]}})");
  const auto kept = ClusterState::Keep(Collection::kNodes, node);
  state.Change(Collection::kNodes, "n1", &kept);
  EXPECT_EQ(state.View()->nodes.at("n1").labels.size(), 2u);
  EXPECT_EQ(state.View()->nodes.at("n1").ours, (std::map<std::string, std::string>{{"nacelle.dev/a", "4"}}));
}

TEST(ClusterState, ANodeWasNotReadyBeforeUntilItIsReadyOnceSince) {
  for (const auto& [changed, before] : {std::pair{"2026-01-01T10:00:00Z", true}, std::pair{"2026-01-01T12:00:00Z", false}}) {
    ClusterState state;
    ListAll(state);
    const auto object = Json(R"({"metadata":{"name":"n1","annotations":{"nacelle.dev/unready-before":"2026-01-01T11:00:00Z"}},
      "status":{"conditions":[{"type":"Ready","status":"False","reason":"R","message":"m","lastTransitionTime":")" +
                             std::string(changed) + R"("}]}})");
    const auto kept = ClusterState::Keep(Collection::kObjects, object);
    state.Change(Collection::kObjects, "n1", &kept);
    EXPECT_EQ(state.View()->objects.at("n1").unready_before, before) << changed;
  }
}

TEST(ClusterState, KnowsANodeThatIsNotReadyForClaimsOnly) {
  for (const auto& [reason, no_claims] : {std::pair{"NoClaims", true}, std::pair{"NotRegistered", false}}) {
    ClusterState state;
    ListAll(state);
    const auto object = Json(R"({"metadata":{"name":"n1"},"status":{"conditions":[{"type":"Ready","status":"False","reason":")" + std::string(reason) + R"("}]}})");
    state.Change(Collection::kObjects, "n1", &object);
    EXPECT_EQ(state.View()->objects.at("n1").no_claims, no_claims) << reason;
  }
}

TEST(ClusterState, KnowsANodeThatWasNotReadyForClaimsOnlyBefore) {
  ClusterState state;
  ListAll(state);
  const auto kept = ClusterState::Keep(Collection::kObjects, Json(R"({"metadata":{"name":"n1","annotations":{"nacelle.dev/no-claims-before":"t","a":"b"}}})"));
  EXPECT_EQ(json::Write(kept), R"({"metadata":{"name":"n1","annotations":{"nacelle.dev/no-claims-before":"t"}}})");
  state.Change(Collection::kObjects, "n1", &kept);
  EXPECT_TRUE(state.View()->objects.at("n1").no_claims_before);
  EXPECT_FALSE(state.View()->objects.at("n1").unready_before);
}

TEST(ClusterState, RemembersWhatWasSeenOfANodeWhenAllAreListedAgain) {
  std::string now = "2026-01-01T10:00:00Z";
  ClusterState state([&] { return now; });
  ListAll(state);
  state.Replace(Collection::kObjects, {{"n1", NodeObject(1)}});
  now = "2026-01-01T11:00:00Z";
  state.Replace(Collection::kObjects, {{"n1", NodeObject(2)}});
  EXPECT_EQ(state.View()->objects.at("n1").well_since, "2026-01-01T10:00:00Z");
  state.Replace(Collection::kObjects, {});
  EXPECT_TRUE(state.View()->objects.empty());
  state.Replace(Collection::kObjects, {{"n1", NodeObject(3)}});
  EXPECT_EQ(state.View()->objects.at("n1").well_since, now);
}

TEST(ClusterState, KnowsWhatTheDevicePluginsOffersCanStillGive) {
  ClusterState state;
  ListAll(state);
  const auto object = Json(R"({"metadata":{"name":"n1"},"status":{"summary":{"functions":3,"unhealthy":1},"offers":[
    {"resource":"nacelle.dev/a","through":"devicePlugin","devices":4,"free":3,"members":[{"id":"q"}]},
    {"resource":"nacelle.dev/full","through":"devicePlugin","devices":1},
    {"resource":"nacelle.dev/none","through":"devicePlugin","devices":0},
    {"resource":"nacelle.dev/claims","through":"dra","devices":4,"free":4}]}})");
  const auto kept = ClusterState::Keep(Collection::kObjects, object);
  EXPECT_EQ(json::Write(kept).find("members"), std::string::npos) << json::Write(kept);
  state.Change(Collection::kObjects, "n1", &kept);
  const auto known = state.View()->objects.at("n1");
  EXPECT_EQ(known.offers, (std::vector<OfferState>{{"nacelle.dev/a", 3}, {"nacelle.dev/full", 0}}));
  EXPECT_EQ(known.classes, std::set<std::string>{"claims"});
  EXPECT_EQ(known.functions, 3);
  EXPECT_EQ(known.unhealthy, 1);
}

TEST(ClusterState, ARefusalIsTakenWithItsReason) {
  ClusterState state;
  ListAll(state);
  const auto object = Json(R"({"metadata":{"name":"n1"},"status":{"conditions":[{"type":"PolicyAccepted","status":"False","message":"too many"}]}})");
  state.Change(Collection::kObjects, "n1", &object);
  EXPECT_EQ(state.View()->objects.at("n1").refusal, "too many");
  EXPECT_FALSE(state.View()->objects.at("n1").ready);
}

TEST(ClusterState, AnAnswerToAWriteIsTakenUnlessTheWatchIsAhead) {
  ClusterState state;
  ListAll(state);
  state.NoteWritten("n1", NodeObject(9));
  EXPECT_TRUE(state.View()->objects.empty()) << "it is gone";
  const auto shown = NodeObject(5);
  state.Change(Collection::kObjects, "n1", &shown);
  state.NoteWritten("n1", NodeObject(4, R"("spec":{"rest":"hide"},)"));
  EXPECT_EQ(state.View()->objects.at("n1").spec.rules.rest, "default");
  state.NoteWritten("n1", NodeObject(6, R"("spec":{"rest":"hide"},)"));
  EXPECT_EQ(state.View()->objects.at("n1").spec.rules.rest, "hide");
}

TEST(ClusterState, ClassesOfOthersAreNotOurs) {
  ClusterState state;
  ListAll(state);
  const auto other = Json(R"({"metadata":{"name":"gpu"},"spec":{}})");
  const auto ours = Json(R"({"metadata":{"name":"zip","labels":{"app.kubernetes.io/managed-by":"nacelle-operator"}},"spec":{"a":1}})");
  state.Change(Collection::kClasses, "gpu", &other);
  state.Change(Collection::kClasses, "zip", &ours);
  EXPECT_EQ(*state.View()->classes, (std::map<std::string, ClassState>{{"zip", {R"({"a":1})", false}}}));
  state.Change(Collection::kClasses, "zip", nullptr);
  EXPECT_TRUE(state.View()->classes->empty());
}

TEST(ClusterState, AClassThatIsOwnedIsKnownToBe) {
  ClusterState state;
  ListAll(state);
  const auto owned = ClusterState::Keep(Collection::kClasses, Json(R"({"metadata":{"name":"zip","labels":{"app.kubernetes.io/managed-by":"nacelle-operator"},
    "ownerReferences":[{"kind":"ClusterRole","uid":"u"}]},"spec":{}})"));
  state.Change(Collection::kClasses, "zip", &owned);
  EXPECT_TRUE(state.View()->classes->at("zip").owned);
}

TEST(ClusterState, WhatCannotBeReadLeavesWhatWasKnown) {
  ClusterState state;
  ListAll(state);
  const auto good = NodeObject(5);
  state.Change(Collection::kObjects, "n1", &good);
  const auto bad = Json(R"({"spec":{"rest":7}})");
  state.Change(Collection::kObjects, "n1", &bad);
  EXPECT_EQ(state.View()->objects.size(), 1u);
}

}  // namespace
}  // namespace nacelle
