// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/plan.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

crd::AcceleratorPolicy PolicyOf(const std::string& name, const std::string& created, std::int64_t generation = 1) {
  crd::AcceleratorPolicy policy;
  policy.meta = {.name = name, .uid = "uid-" + name, .generation = generation, .created = created};
  policy.spec.rules.offers = {{name, "zlib"}};
  return policy;
}

// A cluster of nodes n00, n01, … that have an agent and no policy.
ClusterView Cluster(int nodes) {
  ClusterView view{.now = "t1"};
  for (int i = 0; i < nodes; ++i) {
    const auto name = "n" + std::to_string(i / 10) + std::to_string(i % 10);
    view.nodes[name] = {{{"name", name}}, true};
    view.objects[name] = {.uid = "o-" + name, .generation = 1, .observed = 1, .ready = true};
  }
  view.classes.emplace();
  return view;
}

void Put(ClusterView& view, const crd::AcceleratorPolicy& policy) { view.policies[policy.meta.name] = policy; }

// The plan's writes are there; the agents have not answered.
void Write(ClusterView& view, const Plan& plan) {
  for (const auto& [name, spec] : plan.specs) {
    view.objects[name].spec = spec;
    view.objects[name].unready_before = plan.unready.contains(name);
    view.objects[name].no_claims_before = plan.no_claims.contains(name);
    ++view.objects[name].generation;
  }
  for (const auto& [name, status] : plan.statuses) view.policies[name].status = status;
  for (const auto& [name, spec] : plan.classes) (*view.classes)[name] = {spec, true};
  for (const auto& name : plan.classes_to_delete) view.classes->erase(name);
}

// Every agent has taken what its spec says.
void Settle(ClusterView& view) {
  for (auto& [name, object] : view.objects) {
    object.observed = object.generation;
    object.in_force = object.spec.policy;
    object.ready = true;
  }
}

std::vector<std::string> Names(const Plan& plan) {
  std::vector<std::string> names;
  for (const auto& [name, spec] : plan.specs) names.push_back(name);
  return names;
}

const crd::Condition& ConditionOf(const ClusterView& view, const std::string& policy, const std::string& type) {
  static const crd::Condition none;
  const auto* found = crd::FindCondition(view.policies.at(policy).status.conditions, type);
  return found == nullptr ? none : *found;
}

TEST(Plan, OfAClusterWithoutPoliciesIsEmpty) { EXPECT_EQ(MakePlan(Cluster(3)), Plan()); }

TEST(Plan, IsEmptyOnceAllIsWritten) {
  auto view = Cluster(3);
  Put(view, PolicyOf("p", "t0"));
  for (int i = 0; i < 10; ++i) {
    Write(view, MakePlan(view));
    Settle(view);
  }
  view.now = "t2";
  EXPECT_EQ(MakePlan(view), Plan());
  EXPECT_EQ(view.policies["p"].status.nodes, (crd::PolicyNodes{3, 3, 0}));
  EXPECT_EQ(ConditionOf(view, "p", "Available").status, "True");
  EXPECT_EQ(ConditionOf(view, "p", "Progressing").status, "False");
}

TEST(Plan, APolicyThatSelectsNoNodeSaysSo) {
  auto view = Cluster(3);
  auto policy = PolicyOf("p", "t0");
  policy.spec.node_selector.match_labels = {{"name", "n99"}};
  Put(view, policy);
  Write(view, MakePlan(view));
  EXPECT_EQ(view.policies["p"].status.nodes, (crd::PolicyNodes{0, 0, 0}));
  EXPECT_EQ(ConditionOf(view, "p", "Available").status, "False");
  EXPECT_EQ(ConditionOf(view, "p", "Available").reason, "NoNode");
  EXPECT_EQ(ConditionOf(view, "p", "Available").message, "no node with an agent is to follow it");
}

TEST(Plan, APolicyIsRolledOutToATenthOfItsNodesAtATime) {
  auto view = Cluster(30);
  Put(view, PolicyOf("p", "t0"));
  auto plan = MakePlan(view);
  EXPECT_EQ(Names(plan), (std::vector<std::string>{"n00", "n01", "n02"}));
  Write(view, plan);
  EXPECT_TRUE(MakePlan(view).specs.empty()) << "it waits for these";
  Settle(view);
  EXPECT_EQ(Names(MakePlan(view)), (std::vector<std::string>{"n03", "n04", "n05"}));
}

TEST(Plan, ASmallClusterGoesNodeByNode) {
  auto view = Cluster(3);
  Put(view, PolicyOf("p", "t0"));
  EXPECT_EQ(Names(MakePlan(view)), (std::vector<std::string>{"n00"}));
}

TEST(Plan, ARolloutStopsWhereAgentsRefuseThePolicy) {
  auto view = Cluster(20);
  Put(view, PolicyOf("p", "t0"));
  Write(view, MakePlan(view));
  for (const auto* name : {"n00", "n01"}) {
    view.objects[name].observed = view.objects[name].generation;
    view.objects[name].refusal = "8 shares, and the queue has 4 instances";
  }
  const auto plan = MakePlan(view);
  EXPECT_TRUE(plan.specs.empty());
  Write(view, plan);
  EXPECT_EQ(ConditionOf(view, "p", "Degraded").status, "True");
  EXPECT_EQ(ConditionOf(view, "p", "Degraded").message, "n00 and 1 other node: 8 shares, and the queue has 4 instances");
  EXPECT_EQ(ConditionOf(view, "p", "Progressing").reason, "Waiting");
  EXPECT_EQ(ConditionOf(view, "p", "Progressing").message, "n02 and 17 other nodes wait until n00 and 1 other node are ready");
  EXPECT_EQ(view.policies["p"].status.nodes, (crd::PolicyNodes{20, 0, 20}));
}

TEST(Plan, ANewGenerationGoesOnFromARolloutThatStopped) {
  auto view = Cluster(20);
  Put(view, PolicyOf("p", "t0"));
  Write(view, MakePlan(view));
  Put(view, PolicyOf("p", "t0", 2));
  EXPECT_EQ(Names(MakePlan(view)), (std::vector<std::string>{"n00", "n01"}));
}

// However often a policy with a mistake is edited, it has its share of the nodes once.
TEST(Plan, NodesThatABadGenerationTookDownCountInTheNextOnesToo) {
  auto view = Cluster(20);
  Put(view, PolicyOf("p", "t0"));
  for (int generation = 1; generation <= 3; ++generation) {
    Put(view, PolicyOf("p", "t0", generation));
    const auto plan = MakePlan(view);
    EXPECT_EQ(Names(plan), (std::vector<std::string>{"n00", "n01"})) << generation;
    Write(view, plan);
    for (const auto* name : {"n00", "n01"}) {
      view.objects[name].ready = false;
      EXPECT_FALSE(view.objects[name].unready_before);
    }
    EXPECT_TRUE(MakePlan(view).specs.empty());
  }
  // The generation that mends it goes on.
  Put(view, PolicyOf("p", "t0", 4));
  Write(view, MakePlan(view));
  for (const auto* name : {"n00", "n01"}) {
    view.objects[name].observed = view.objects[name].generation;
    view.objects[name].in_force = view.objects[name].spec.policy;
    view.objects[name].ready = true;
  }
  EXPECT_EQ(Names(MakePlan(view)), (std::vector<std::string>{"n02", "n03"}));
}

// A node that has just come is not ready yet, whatever the others have.
TEST(Plan, ANodeThatComesToAClusterWithAPolicyHoldsNothingUp) {
  auto view = Cluster(3);
  Put(view, PolicyOf("p", "t0"));
  for (const auto* name : {"n00", "n01"}) view.objects[name].spec = {crd::PolicyRef{"p", 1, "uid-p"}, view.policies["p"].spec.rules};
  view.objects["n02"].ready = false;
  const auto plan = MakePlan(view);
  EXPECT_EQ(plan.unready, std::set<std::string>{"n02"});
}

TEST(Plan, ANodeThatIsDownHoldsNothingUp) {
  auto view = Cluster(3);
  view.nodes["n00"].ready = false;
  Put(view, PolicyOf("p", "t0"));
  EXPECT_EQ(Names(MakePlan(view)), (std::vector<std::string>{"n00", "n01"}));
  Write(view, MakePlan(view));
  view.objects["n01"].observed = view.objects["n01"].generation;
  view.objects["n01"].in_force = view.objects["n01"].spec.policy;
  EXPECT_EQ(Names(MakePlan(view)), (std::vector<std::string>{"n02"}));
}

TEST(Plan, NodesThatGoDownWithThePolicyHoldTheRolloutUp) {
  auto view = Cluster(20);
  Put(view, PolicyOf("p", "t0"));
  Write(view, MakePlan(view));
  view.nodes["n00"].ready = false;
  view.nodes["n01"].ready = false;
  const auto plan = MakePlan(view);
  EXPECT_TRUE(plan.specs.empty());
  Write(view, plan);
  EXPECT_EQ(ConditionOf(view, "p", "Degraded").status, "True");
  EXPECT_EQ(ConditionOf(view, "p", "Degraded").message, "n00 and 1 other node were ready before, and not with it");
}

TEST(Plan, AnAgentThatWasNotReadyBeforeHoldsNothingUpInTheNextRoundsEither) {
  auto view = Cluster(3);
  view.objects["n00"].ready = false;
  Put(view, PolicyOf("p", "t0"));
  Write(view, MakePlan(view));
  EXPECT_EQ(Names(MakePlan(view)), std::vector<std::string>()) << "n01 has it, and has not answered";
  for (const auto* name : {"n01", "n02"}) {
    view.objects[name].observed = view.objects[name].generation;
    view.objects[name].in_force = view.objects[name].spec.policy;
    const auto plan = MakePlan(view);
    EXPECT_EQ(Names(plan), name == std::string("n01") ? std::vector<std::string>{"n02"} : std::vector<std::string>());
    Write(view, plan);
  }
  EXPECT_EQ(ConditionOf(view, "p", "Degraded").status, "False");
}

TEST(Plan, ANodeThatWasNotReadyBeforeCountsOnceItsAgentRefusesThePolicy) {
  auto view = Cluster(3);
  view.objects["n00"].ready = false;
  Put(view, PolicyOf("p", "t0"));
  Write(view, MakePlan(view));
  Settle(view);
  view.objects["n00"].ready = false;
  view.objects["n00"].refusal = "no";
  EXPECT_TRUE(MakePlan(view).specs.empty());
}

TEST(Plan, AnAgentThatStaysUnreadyWithThePolicyDegradesIt) {
  auto view = Cluster(3);
  view.now = "2026-01-01T00:00:59Z";
  Put(view, PolicyOf("p", "t0"));
  Write(view, MakePlan(view));
  Settle(view);
  view.objects["n00"].ready = false;
  view.objects["n00"].ready_changed = "2026-01-01T00:00:00Z";
  Write(view, MakePlan(view));
  EXPECT_EQ(ConditionOf(view, "p", "Degraded").status, "False") << "names have just changed";
  view.now = "2026-01-01T00:01:00Z";
  Write(view, MakePlan(view));
  EXPECT_EQ(ConditionOf(view, "p", "Degraded").message, "n00 was ready before, and not with it");
}

TEST(Plan, ANodeThatCannotBeWrittenIsNamedAndHoldsNothingUp) {
  auto view = Cluster(3);
  Put(view, PolicyOf("p", "t0"));
  view.unwritten["n00"] = {MakePlan(view).specs.at("n00"), "a person has set spec.offers"};
  const auto plan = MakePlan(view);
  EXPECT_EQ(Names(plan), (std::vector<std::string>{"n01"}));
  Write(view, plan);
  EXPECT_EQ(ConditionOf(view, "p", "Degraded").message, "n00: a person has set spec.offers");
  Put(view, PolicyOf("p", "t0", 2));
  EXPECT_EQ(Names(MakePlan(view)), (std::vector<std::string>{"n00"})) << "another spec is tried";
}

TEST(Plan, ANodeThatCouldNotBeWrittenIsTriedAgainWhenItIsDueAndNamedUntilThen) {
  auto view = Cluster(3);
  Put(view, PolicyOf("p", "t0"));
  view.unwritten["n00"] = {MakePlan(view).specs.at("n00"), "forbidden", true};
  const auto plan = MakePlan(view);
  EXPECT_EQ(Names(plan), (std::vector<std::string>{"n00"}));
  Write(view, plan);
  EXPECT_EQ(ConditionOf(view, "p", "Degraded").message, "n00: forbidden");
}

// What it has it took well, whatever the nodes that are ahead of it say.
TEST(Plan, ANodeThatDiesBeforeTheRolloutReachesItHoldsNothingUp) {
  auto view = Cluster(12);
  Put(view, PolicyOf("p", "t0"));
  for (int i = 0; i < 12; ++i) {
    Write(view, MakePlan(view));
    Settle(view);
  }
  Put(view, PolicyOf("p", "t0", 2));
  Write(view, MakePlan(view));
  Settle(view);
  view.nodes["n10"].ready = false;
  const auto plan = MakePlan(view);
  EXPECT_EQ(Names(plan), (std::vector<std::string>{"n01", "n10"}));
  EXPECT_EQ(plan.unready, std::set<std::string>{"n10"});
  Write(view, plan);
  Settle(view);
  EXPECT_EQ(Names(MakePlan(view)), std::vector<std::string>{"n02"});
}

TEST(Plan, ANodeThatDiesBesidesThoseThatABadGenerationTookDownIsNotCountedWithThem) {
  auto view = Cluster(20);
  Put(view, PolicyOf("p", "t0"));
  for (int i = 0; i < 20; ++i) {
    Write(view, MakePlan(view));
    Settle(view);
  }
  Put(view, PolicyOf("p", "t0", 2));
  Write(view, MakePlan(view));
  for (const auto* name : {"n00", "n01"}) view.nodes[name].ready = false;
  Put(view, PolicyOf("p", "t0", 3));
  view.nodes["n10"].ready = false;
  const auto plan = MakePlan(view);
  EXPECT_EQ(Names(plan), (std::vector<std::string>{"n00", "n01", "n10"}));
  EXPECT_EQ(plan.unready, std::set<std::string>{"n10"});
}

// What a policy brings must not be what it selects by: it would come and go for ever.
TEST(Plan, OwnLabelsSelectNoNode) {
  auto view = Cluster(2);
  auto policy = PolicyOf("p", "t0");
  policy.spec.node_selector.match_labels = {{"nacelle.dev/sw-zip", "4"}};
  Put(view, policy);
  for (auto& [name, node] : view.nodes) node.labels["nacelle.dev/sw-zip"] = "4";
  view.nodes.at("n00").ours["nacelle.dev/sw-zip"] = "4";
  EXPECT_EQ(Names(MakePlan(view)), std::vector<std::string>{"n01"});
}

TEST(Plan, OfTwoPoliciesThatSelectANodeTheOlderIsInForceAndBothSaySo) {
  auto view = Cluster(2);
  Put(view, PolicyOf("young", "t1"));
  auto old = PolicyOf("old", "t0");
  old.spec.node_selector.match_labels = {{"name", "n00"}};
  Put(view, old);
  const auto plan = MakePlan(view);
  EXPECT_EQ(plan.specs.at("n00").policy->name, "old");
  EXPECT_EQ(plan.specs.at("n01").policy->name, "young");
  Write(view, plan);
  EXPECT_EQ(ConditionOf(view, "young", "Accepted").status, "False");
  EXPECT_EQ(ConditionOf(view, "young", "Accepted").message, "on n00 the older policy old is in force");
  EXPECT_EQ(ConditionOf(view, "old", "Accepted").status, "True");
  EXPECT_EQ(ConditionOf(view, "old", "Accepted").message, "on n00 it goes before the younger policy young");
  EXPECT_EQ(view.policies["young"].status.nodes.selected, 2);
}

TEST(Plan, OfPoliciesOfOneAgeTheFirstByNameIsInForce) {
  auto view = Cluster(1);
  Put(view, PolicyOf("b", "t0"));
  Put(view, PolicyOf("a", "t0"));
  EXPECT_EQ(MakePlan(view).specs.at("n00").policy->name, "a");
}

TEST(Plan, NodesOfADeletedPolicyReturnInStages) {
  auto view = Cluster(2);
  Put(view, PolicyOf("p", "t0"));
  for (int i = 0; i < 3; ++i) {
    Write(view, MakePlan(view));
    Settle(view);
  }
  view.policies.clear();
  const auto plan = MakePlan(view);
  EXPECT_EQ(Names(plan), (std::vector<std::string>{"n00"}));
  EXPECT_EQ(plan.specs.at("n00"), crd::NodeSpec());
}

TEST(Plan, ANodeWithoutAnAgentIsCountedAndNotWritten) {
  auto view = Cluster(1);
  view.objects.clear();
  Put(view, PolicyOf("p", "t0"));
  const auto plan = MakePlan(view);
  EXPECT_TRUE(plan.specs.empty());
  EXPECT_EQ(plan.statuses.at("p").nodes, (crd::PolicyNodes{1, 0, 0}));
}

TEST(Plan, AnOfferThroughDraHasAClassUntilItIsGone) {
  auto view = Cluster(1);
  auto policy = PolicyOf("p", "t0");
  policy.spec.rules.offers = {{"zip", "zlib", 1, "dra"}, {"plain", "sha256"}};
  Put(view, policy);
  const auto plan = MakePlan(view);
  ASSERT_EQ(plan.classes.size(), 1u);
  EXPECT_NE(plan.classes.at("zip").find(R"("extendedResourceName":"nacelle.dev/zip")"), std::string::npos);
  Write(view, plan);
  EXPECT_TRUE(MakePlan(view).classes.empty());
  view.policies.clear();
  Write(view, MakePlan(view));
  EXPECT_EQ(MakePlan(view).classes_to_delete, (std::vector<std::string>{"zip"}));
}

TEST(Plan, AClassStaysWhileANodeHasItsOffer) {
  auto view = Cluster(3);
  auto policy = PolicyOf("p", "t0");
  policy.spec.rules.offers = {{"zip", "zlib", 1, "dra"}};
  Put(view, policy);
  for (int i = 0; i < 3; ++i) {
    Write(view, MakePlan(view));
    Settle(view);
  }
  view.policies.clear();
  for (int i = 0; i < 2; ++i) {
    const auto plan = MakePlan(view);
    EXPECT_TRUE(plan.classes_to_delete.empty()) << i;
    Write(view, plan);
    Settle(view);
  }
  Write(view, MakePlan(view));
  view.objects["n02"].classes = {"zip"};
  EXPECT_TRUE(MakePlan(view).classes_to_delete.empty()) << "its agent has not taken it away yet";
  view.objects["n02"].classes.clear();
  EXPECT_EQ(MakePlan(view).classes_to_delete, (std::vector<std::string>{"zip"}));
}

TEST(Plan, AClassThatNothingOwnsIsWrittenAgainSoThatItGoesWithTheRelease) {
  auto view = Cluster(1);
  auto policy = PolicyOf("p", "t0");
  policy.spec.rules.offers = {{"zip", "zlib", 1, "dra"}};
  Put(view, policy);
  Write(view, MakePlan(view));
  view.classes->at("zip").owned = false;
  EXPECT_TRUE(MakePlan(view).classes.contains("zip"));
}

TEST(Plan, APolicyWhoseClassIsRefusedIsDegradedUntilItIsTaken) {
  auto view = Cluster(1);
  auto policy = PolicyOf("p", "t0");
  policy.spec.rules.offers = {{"zip", "zlib", 1, "dra"}};
  Put(view, policy);
  Put(view, PolicyOf("q", "t1"));
  view.refused_classes = {{"zip", "extendedResourceName is taken"}};
  Write(view, MakePlan(view));
  EXPECT_EQ(ConditionOf(view, "p", "Degraded").reason, "ClassNotWritten");
  EXPECT_EQ(ConditionOf(view, "p", "Degraded").message, "DeviceClass zip: extendedResourceName is taken");
  EXPECT_EQ(ConditionOf(view, "q", "Degraded").status, "False");
  view.refused_classes.clear();
  Write(view, MakePlan(view));
  EXPECT_EQ(ConditionOf(view, "p", "Degraded").status, "False");
}

TEST(Plan, APolicyWhoseClassLacksItsResourceSaysThatClaimsAreTheOnlyWay) {
  auto view = Cluster(1);
  auto policy = PolicyOf("p", "t0");
  policy.spec.rules.offers = {{"zip", "zlib", 1, "dra"}};
  Put(view, policy);
  Write(view, MakePlan(view));
  Write(view, MakePlan(view));
  EXPECT_EQ(ConditionOf(view, "p", "Degraded").reason, "AsExpected");
  view.classes->at("zip").spec = R"({"selectors":[]})";
  Write(view, MakePlan(view));
  EXPECT_EQ(ConditionOf(view, "p", "Degraded").status, "False");
  EXPECT_EQ(ConditionOf(view, "p", "Degraded").reason, "ByClaimOnly");
  EXPECT_NE(ConditionOf(view, "p", "Degraded").message.find("DeviceClass zip is without extendedResourceName"), std::string::npos);
}

TEST(Plan, WithoutDraThereAreNoClasses) {
  auto view = Cluster(1);
  view.classes.reset();
  auto policy = PolicyOf("p", "t0");
  policy.spec.rules.offers = {{"zip", "zlib", 1, "dra"}};
  Put(view, policy);
  EXPECT_TRUE(MakePlan(view).classes.empty());
}

TEST(Plan, TheTimeOfAConditionStaysWhileItsStatusIsTheSame) {
  auto view = Cluster(2);
  Put(view, PolicyOf("p", "t0"));
  Write(view, MakePlan(view));
  Settle(view);
  view.now = "t2";
  Write(view, MakePlan(view));
  EXPECT_EQ(ConditionOf(view, "p", "Accepted").last_transition_time, "t1");
  EXPECT_EQ(ConditionOf(view, "p", "Progressing").last_transition_time, "t1");
}

}  // namespace
}  // namespace nacelle
