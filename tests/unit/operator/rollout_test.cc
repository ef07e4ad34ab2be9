// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/rollout.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

using Names = std::vector<std::string>;

crd::NodeSpec Spec(std::int64_t generation, const std::string& uid = "u") { return {crd::PolicyRef{"p", generation, uid}, {}}; }

// Nodes n0, n1, … that have these specs, have taken them, and are well.
ClusterView View(const std::vector<crd::NodeSpec>& specs) {
  ClusterView view{.now = "t1"};
  for (const auto& spec : specs) {
    const auto name = "n" + std::to_string(view.nodes.size());
    view.nodes[name].ready = true;
    view.objects[name] = {.generation = 1, .observed = 1, .spec = spec, .in_force = spec.policy, .ready = true};
  }
  return view;
}

Rollout RolloutOf(const ClusterView& view, const crd::NodeSpec& wanted) {
  Names names;
  for (const auto& [name, object] : view.objects) names.push_back(name);
  return MakeRollout(view, wanted, names);
}

// n0 has what is wanted, but for a field that a person has set.
ClusterView ViewWithAPersonsField(const crd::NodeSpec& wanted) {
  auto has = wanted;
  has.rules.rest = "hide";
  auto view = View({has, Spec(1), Spec(1)});
  view.unwritten["n0"] = {.wanted = wanted, .reason = "spec.rest", .but_for_a_field = true};
  return view;
}

struct Untaken {
  std::string how;
  void (*change)(NodeObjectState& object);
};

class UntakenSpecTest : public testing::TestWithParam<Untaken> {};

TEST_P(UntakenSpecTest, CountsThoughAPersonHasSetAFieldOfIt) {
  auto view = ViewWithAPersonsField(Spec(2));
  GetParam().change(view.objects["n0"]);
  const auto rollout = RolloutOf(view, Spec(2));
  EXPECT_EQ(rollout.unavailable, Names{"n0"});
  EXPECT_EQ(rollout.unwritten, Names{"n0"});
  EXPECT_EQ(rollout.next, Names{});
}

INSTANTIATE_TEST_SUITE_P(
    Whatever, UntakenSpecTest,
    testing::Values(Untaken{"NotObserved", [](NodeObjectState& object) { object.observed = 0; }},
                    Untaken{"NotReady", [](NodeObjectState& object) { object.ready = false; }},
                    Untaken{"NotInForce", [](NodeObjectState& object) { object.in_force = Spec(1).policy; }},
                    Untaken{"Refused", [](NodeObjectState& object) { object.refusal = "no"; }}),
    [](const auto& test) { return test.param.how; });

TEST(Rollout, ASpecThatWasTakenButForAPersonsFieldHoldsNothingUp) {
  const auto rollout = RolloutOf(ViewWithAPersonsField(Spec(2)), Spec(2));
  EXPECT_EQ(rollout.outdated, (Names{"n0", "n1", "n2"}));
  EXPECT_EQ(rollout.unwritten, Names{"n0"});
  EXPECT_EQ(rollout.next, Names{"n1"});
}

TEST(Rollout, ANodeThatReturnsToTheDefaultButForAPersonsFieldCountsUntilItHasTakenThat) {
  auto view = ViewWithAPersonsField({});
  view.objects["n0"].observed = 0;
  EXPECT_EQ(RolloutOf(view, {}).next, Names{});
  view.objects["n0"].observed = 1;
  EXPECT_EQ(RolloutOf(view, {}).next, Names{"n1"});
}

TEST(Rollout, AnotherLeaderWritesASpecWithAPersonsFieldAgainAndNoOtherBesides) {
  auto view = ViewWithAPersonsField(Spec(2));
  view.unwritten.clear();
  view.objects["n0"].observed = 0;
  EXPECT_EQ(RolloutOf(view, Spec(2)).next, Names{"n0"});
}

TEST(Rollout, ANodeThatWasUnreadyBeforeStaysMarkedSoWhenItIsWrittenAgain) {
  auto view = ViewWithAPersonsField(Spec(2));
  view.unwritten.clear();
  view.nodes["n0"].ready = false;
  view.objects["n0"].observed = 0;
  view.objects["n0"].unready_before = true;
  const auto rollout = RolloutOf(view, Spec(2));
  EXPECT_EQ(rollout.unready, std::set<std::string>{"n0"});
  EXPECT_EQ(rollout.next, (Names{"n0", "n1"}));
}

struct Doubt {
  std::string how;
  crd::NodeSpec tried;
  bool due = false;
  Names next;
};

class DoubtTest : public testing::TestWithParam<Doubt> {};

TEST_P(DoubtTest, OfANodeCountsAndTheNodeIsTriedAgainBesides) {
  auto view = View({Spec(1), Spec(1), Spec(1)});
  view.unwritten["n1"] = {.wanted = GetParam().tried, .reason = "no answer", .due = GetParam().due, .in_doubt = true};
  const auto rollout = RolloutOf(view, Spec(2));
  EXPECT_EQ(rollout.unavailable, Names{"n1"});
  EXPECT_EQ(rollout.next, GetParam().next);
}

INSTANTIATE_TEST_SUITE_P(Whatever, DoubtTest,
                         testing::Values(Doubt{"NotDue", Spec(2), false, {}}, Doubt{"Due", Spec(2), true, {"n1"}},
                                         Doubt{"OfWhatIsNoLongerWanted", Spec(3), false, {"n1"}}),
                         [](const auto& test) { return test.param.how; });

TEST(Rollout, ANodeInDoubtIsWrittenAlsoWhenItHasWhatIsWanted) {
  auto view = View({{}, Spec(1)});
  view.unwritten["n0"] = {.wanted = Spec(1), .reason = "no answer", .in_doubt = true};
  EXPECT_EQ(RolloutOf(view, {}).next, Names{"n0"});
}

struct Behind {
  std::string how;
  crd::NodeSpec has;
  bool unwritten = false;
};

class BehindTest : public testing::TestWithParam<Behind> {};

// n0 was lost with the generation that all had before the rollout that has come to n1.
TEST_P(BehindTest, ANodeThatStaysBehindKeepsNoLostOneInTheCount) {
  auto view = View({Spec(2), Spec(3), Spec(2), GetParam().has});
  view.objects["n0"].ready = false;
  if (GetParam().unwritten) view.unwritten["n3"] = {.wanted = Spec(3), .reason = "forbidden"};
  const auto rollout = RolloutOf(view, Spec(3));
  EXPECT_EQ(rollout.unready, std::set<std::string>{"n0"});
  EXPECT_EQ(rollout.next, (Names{"n0", "n2"}));
}

INSTANTIATE_TEST_SUITE_P(Whatever, BehindTest,
                         testing::Values(Behind{"WithAnOldGeneration", Spec(1), true}, Behind{"WithoutAPolicy", {}, true},
                                         Behind{"AsANewNode", {}}, Behind{"WithAnotherPolicy", Spec(1, "other")}),
                         [](const auto& test) { return test.param.how; });

TEST(Rollout, ALostNodeThatCannotBeWrittenIsNotInTheCount) {
  auto view = View({Spec(1), Spec(2), Spec(2)});
  view.objects["n0"].ready = false;
  view.unwritten["n0"] = {.wanted = Spec(3), .reason = "forbidden", .due = true};
  const auto rollout = RolloutOf(view, Spec(3));
  EXPECT_EQ(rollout.unready, std::set<std::string>{"n0"});
  EXPECT_EQ(rollout.next, (Names{"n0", "n1"}));
}

TEST(Rollout, ALostNodeIsNotInTheCountWhenTwoPoliciesAreDeletedAtOnce) {
  auto view = View({Spec(1, "a"), Spec(1, "a"), Spec(4, "b"), Spec(4, "b")});
  view.objects["n2"].ready = false;
  const auto rollout = RolloutOf(view, {});
  EXPECT_EQ(rollout.unready, std::set<std::string>{"n2"});
  EXPECT_EQ(rollout.next, (Names{"n0", "n2"}));
}

// A new policy stopped on its way; only what a node was well with tells.
TEST(Rollout, WhereMostNodesHaveAnotherPolicyOrNoneALostOneIsInTheCountUnlessItHadTakenWhatItHas) {
  for (const auto& others : {crd::NodeSpec(), Spec(5, "old")}) {
    auto view = View({Spec(1), others, others, others});
    view.nodes["n0"].ready = false;
    EXPECT_EQ(RolloutOf(view, Spec(2)).next, (Names{"n0", "n1"}));
    view.objects["n0"].observed = 0;
    EXPECT_EQ(RolloutOf(view, Spec(2)).next, Names{"n0"});
  }
}

struct Illness {
  std::string how;
  void (*change)(NodeObjectState& object);
  bool costs = true;
};

class IllnessTest : public testing::TestWithParam<Illness> {};

// n0 has what is wanted and is not ready; n1 has come since, and is.
TEST_P(IllnessTest, HoldsOthersUpUnlessItCameLongAfterItWasWellWithTheSpec) {
  auto view = View({Spec(2), Spec(1)});
  view.now = "2026-01-02T00:00:00Z";
  auto& ill = view.objects["n0"];
  ill.ready = false;
  ill.ready_changed = "2026-01-01T10:10:00Z";
  GetParam().change(ill);
  const auto rollout = RolloutOf(view, Spec(2));
  EXPECT_EQ(rollout.pending, Names{"n0"});
  EXPECT_EQ(rollout.next, GetParam().costs ? Names{} : Names{"n1"});
  EXPECT_EQ(rollout.lost.empty() && rollout.unavailable.empty(), !GetParam().costs);
}

INSTANTIATE_TEST_SUITE_P(Whatever, IllnessTest,
                         testing::Values(Illness{"LongAfter", [](NodeObjectState& object) { object.ill_later = true; }, false},
                                         Illness{"WhoKnowsWhen", [](NodeObjectState&) {}},
                                         Illness{"AndThePolicyIsRefused",
                                                 [](NodeObjectState& object) {
                                                   object.ill_later = true;
                                                   object.refusal = "no";
                                                 }}),
                         [](const auto& test) { return test.param.how; });

// Claims cannot be made on any of these nodes, and their device plugins work.
ClusterView ViewWithoutClaims(const std::vector<crd::NodeSpec>& specs) {
  auto view = View(specs);
  view.now = "2026-01-02T00:00:00Z";
  for (auto& [name, object] : view.objects) {
    object.ready = false;
    object.no_claims = true;
    object.ready_changed = "2026-01-01T00:00:00Z";
  }
  return view;
}

TEST(Rollout, NodesWithoutClaimsAreWrittenInStages) {
  const auto rollout = RolloutOf(ViewWithoutClaims({Spec(1), Spec(1), Spec(1)}), Spec(2));
  EXPECT_EQ(rollout.next, Names{"n0"});
  EXPECT_EQ(rollout.no_claims, (std::set<std::string>{"n0", "n1", "n2"}));
  EXPECT_EQ(rollout.unready, std::set<std::string>());
}

struct NoClaims {
  std::string how;
  void (*change)(NodeObjectState& object);
  Names next;
  Names lost;
};

class NoClaimsTest : public testing::TestWithParam<NoClaims> {};

// n0 could not make claims before it was written, and cannot since.
TEST_P(NoClaimsTest, ANodeWithoutThemHoldsOthersUpWhileItHasNotTakenTheSpecOrIsWorse) {
  auto view = ViewWithoutClaims({Spec(2), Spec(1), Spec(1)});
  view.objects["n0"].no_claims_before = true;
  GetParam().change(view.objects["n0"]);
  const auto rollout = RolloutOf(view, Spec(2));
  EXPECT_EQ(rollout.pending, Names{"n0"});
  EXPECT_EQ(rollout.next, GetParam().next);
  EXPECT_EQ(rollout.lost, GetParam().lost);
}

INSTANTIATE_TEST_SUITE_P(
    Whatever, NoClaimsTest,
    testing::Values(NoClaims{"AsBefore", [](NodeObjectState&) {}, {"n1"}, {}},
                    NoClaims{"NotTakenYet", [](NodeObjectState& object) { object.observed = 0; }, {}, {}},
                    NoClaims{"NotInForce", [](NodeObjectState& object) { object.in_force = Spec(1).policy; }, {}, {}},
                    NoClaims{"Refused", [](NodeObjectState& object) { object.refusal = "no"; }, {}, {}},
                    NoClaims{"NotRegistered", [](NodeObjectState& object) { object.no_claims = false; }, {}, {"n0"}},
                    NoClaims{"ByThePolicy", [](NodeObjectState& object) { object.no_claims_before = false; }, {}, {"n0"}}),
    [](const auto& test) { return test.param.how; });

TEST(Rollout, ANodeThatLostItsClaimsByAPolicyCountsWhenThatIsChanged) {
  auto view = ViewWithoutClaims({Spec(2), Spec(1), Spec(1)});
  for (const auto* name : {"n1", "n2"}) view.objects[name].ready = true;
  const auto rollout = RolloutOf(view, Spec(3));
  EXPECT_EQ(rollout.next, Names{"n0"});
  EXPECT_EQ(rollout.no_claims, std::set<std::string>());
}

}  // namespace
}  // namespace nacelle
