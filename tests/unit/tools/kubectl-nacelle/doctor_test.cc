// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/tools/kubectl-nacelle/node_for_tests.h"

namespace nacelle::kubectl {
namespace {

using testing::HasSubstr;

constexpr const char* kZip = "nacelle.dev/sw-zip";

// A cluster in which nothing is wrong, before `node` is made into a view.
struct Sick {
  crd::NodeAccelerators node = HealthyNode("n1");
  KubeNode kube{"n1", true, 37, "containerd://2.4.2", {{kZip, 1}}};
  KubePod agent{.name = "nacelle-system/agent", .node = "n1", .phase = "Running", .agent = true, .ready = true};
  KubePod pod{.name = "default/p", .node = "n1", .phase = "Running", .wants = {{kZip, 1}}, .containers = {{.name = "box"}}, .ready = true};
  KubePod manager{.name = "nacelle-system/operator", .node = "n1", .phase = "Running", .of_operator = true, .ready = true};
  std::vector<crd::AcceleratorPolicy> policies;
  std::map<std::string, KubeClaim> claims;
  std::set<std::string> classes = {"zip"};  // of our driver
  std::vector<std::string> refused;
  bool published = true;
  bool custom_resources = true;
  bool has_agent = true;

  ClusterView View() const {
    ClusterView view;
    view.custom_resources = custom_resources;
    if (published) view.nodes.push_back(ViewOf(node));
    view.kube_nodes.push_back(kube);
    if (has_agent) view.pods.push_back(agent);
    view.pods.push_back(pod);
    view.pods.push_back(manager);
    view.policies = policies;
    view.claims = claims;
    view.refused = refused;
    view.now = 1'767'225'600 + 600;  // ten minutes of 2026
    view.classes = view.all_classes = classes;
    view.all_classes.insert("gpu");
    return view;
  }

  crd::NodeFunction& function() { return node.status.functions[0]; }
  crd::NodeOffer& offer() { return node.status.offers[0]; }
  void Pend(std::int64_t count) {
    pod.phase = "Pending";
    pod.node = "";
    pod.wants[kZip] = count;
  }
  void Fail(const char* reason) {
    pod.phase = "Failed";
    pod.reason = reason;
  }
};

struct Case {
  const char* cause;
  void (*make)(Sick& sick);
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.cause; }

const Case kCases[] = {
    {"no-custom-resources", [](Sick& s) { s.custom_resources = false; s.published = false; }},
    {"may-not-look", [](Sick& s) { s.refused = {"resourceclaims.resource.k8s.io"}; }},
    {"rollout-lasts", [](Sick& s) { s.policies.push_back({.meta = {.name = "p"}}); s.policies[0].status.conditions = {{"Progressing", "True", 1, "RollingOut", "waits for n1", "2026-01-01T00:00:00Z"}}; }},
    {"no-agent", [](Sick& s) { s.has_agent = false; }},
    {"no-image", [](Sick& s) { s.agent.ready = false; s.agent.waiting = {"ErrImageNeverPull"}; }},
    {"agent-crashes", [](Sick& s) { s.agent.ready = false; s.agent.waiting = {"CrashLoopBackOff"}; }},
    {"agent-not-ready", [](Sick& s) { s.agent.ready = false; }},
    {"nothing-published", [](Sick& s) { s.published = false; }},
    {"operator-not-ready", [](Sick& s) { s.manager.ready = false; }},
    {"no-operator", [](Sick& s) { s.manager.of_operator = false; s.policies.push_back({.meta = {.name = "p"}}); }},
    {"policy-degraded", [](Sick& s) { s.policies.push_back({.meta = {.name = "p"}}); s.policies[0].status.conditions = {{"Degraded", "True", 1, "R", "n1: no", "t"}}; }},
    {"policy-gives-way", [](Sick& s) { s.policies.push_back({.meta = {.name = "p"}}); s.policies[0].status.conditions = {{"Accepted", "False", 1, "OlderPolicy", "on n1 the older policy q is in force", "t"}}; }},
    {"policy-selects-nothing", [](Sick& s) { s.policies.push_back({.meta = {.name = "p", .generation = 2}}); s.policies[0].status.observed_generation = 2; }},
    {"policy-refused", [](Sick& s) { s.node.spec.policy = crd::PolicyRef{"default", 2, "u"};
                                     s.node.status.conditions.push_back({"PolicyAccepted", "False", 1, "Refused", "8 shares", "t"}); }},
    {"problem", [](Sick& s) { s.node.status.problems = {{"uacce-sw-zip-9", "attribute operations: unreadable"}}; }},
    {"container-crashes", [](Sick& s) { s.pod.containers[0].waiting = "CrashLoopBackOff"; s.pod.containers[0].failed = true; }},
    {"claim-waits", [](Sick& s) { s.Pend(1); s.pod.wants.clear(); s.pod.claims = {"default/c"}; s.claims["default/c"] = {false, {"zip"}}; }},
    {"policy-not-in-force", [](Sick& s) { s.node.spec.policy = crd::PolicyRef{"default", 2, "u"}; }},
    {"not-registered", [](Sick& s) { s.kube.allocatable.clear(); }},
    {"kubelet-too-old-for-dra", [](Sick& s) { s.kube.kubelet_minor = 33; s.offer().through = "dra"; }},
    {"kubelet-too-old-for-cdi", [](Sick& s) { s.kube.kubelet_minor = 28; s.node.spec.rules.grant.via = "cdi"; }},
    {"runtime-without-cdi", [](Sick& s) { s.kube.runtime = "containerd://1.7.2"; s.offer().through = "dra"; }},
    {"truncated", [](Sick& s) { s.node.status.truncated = "100 functions"; }},
    {"no-driver", [](Sick& s) { s.function().healthy = false; s.function().reason = "no driver bound to this HiSilicon zip"; }},
    {"no-user-queue", [](Sick& s) { s.function().access_note = "no user queue is configured (accel-config)"; }},
    {"no-virtual-functions", [](Sick& s) { s.function().access_note = "serves the kernel only: it has no virtual functions (sriov_numvfs)"; }},
    {"not-vfio", [](Sick& s) { s.function().access_note = "serves the kernel only: driver 4xxxvf holds it, not vfio-pci"; }},
    {"iommu-off", [](Sick& s) { s.function().queues[0].healthy = false; s.function().queues[0].reason = "no IOMMU group"; }},
    {"iommu-group-shared", [](Sick& s) { s.function().queues[0].healthy = false;
                                         s.function().queues[0].reason = "IOMMU group 7 also holds 0000:01:00.0, which driver nvme keeps for the kernel"; }},
    {"sva-not-negotiated", [](Sick& s) { s.function().access = "none"; }},
    {"queue-disabled", [](Sick& s) { s.function().healthy = false; s.function().reason = "device is down"; }},
    {"isolated", [](Sick& s) { s.function().healthy = false; s.function().reason = "isolated by the driver"; }},
    {"no-heartbeat", [](Sick& s) { s.function().healthy = false; s.function().reason = "heartbeat: the device does not answer"; }},
    {"node-of-another", [](Sick& s) { s.function().queues[0].healthy = false;
                                      s.function().queues[0].reason = "/dev/sw_zip-0: other device numbers than /sys/class/uacce/sw_zip-0/dev"; }},
    {"reconfiguring", [](Sick& s) { s.function().healthy = false; s.function().reason = "reconfiguring"; }},
    {"fpga-error", [](Sick& s) { s.function().healthy = false; s.function().reason = "port errors 0x1"; }},
    {"locality-unknown", [](Sick& s) { s.function().numa = std::nullopt; }},
    {"hidden-by-requirement", [](Sick& s) { s.node.status.hidden = {{"z", "not offered: memory access is none, and the policy requires sva"}}; }},
    {"empty-offer", [](Sick& s) { s.node.status.offers.push_back({.resource = "nacelle.dev/none"}); }},
    {"no-such-resource", [](Sick& s) { s.Pend(1); s.pod.wants = {{"nacelle.dev/sw-zap", 1}}; }},
    {"asks-too-many", [](Sick& s) { s.Pend(2); }},
    {"no-device-class", [](Sick& s) { s.Pend(1); s.offer().through = "dra"; }},
    {"class-without-resource", [](Sick& s) { s.Pend(1); s.offer().through = "dra"; s.classes = {"sw-zip"}; }},
    {"not-scheduled", [](Sick& s) { s.Pend(1); s.pod.scheduling = "0/1 nodes are available: 1 node(s) were unschedulable."; }},
    {"all-held", [](Sick& s) { s.Pend(1); s.offer().held = 1; s.offer().free = 0; }},
    {"unexpected-admission", [](Sick& s) { s.Fail("UnexpectedAdmissionError"); }},
    {"topology-never-admits", [](Sick& s) { s.Fail("TopologyAffinityError"); }},
    {"not-root", [](Sick& s) { s.pod.containers[0].root = false; s.pod.containers[0].failed = true; }},
    {"container-does-not-start", [](Sick& s) { s.pod.containers[0].waiting = "StartError"; }},
    {"node-down", [](Sick& s) { s.kube.ready = false; }},
};

std::set<std::string> CausesOf(const ClusterView& view) {
  std::set<std::string> ids;
  for (const auto& diagnosis : Diagnose(view)) ids.emplace(diagnosis.cause->id);
  return ids;
}

TEST(Doctor, NothingIsFoundWhereNothingIsWrong) {
  EXPECT_THAT(CausesOf(Sick().View()), testing::IsEmpty());
  EXPECT_EQ(FormatDiagnoses({}), "Nothing is wrong, as far as the API server tells.\n");
}

class DoctorCause : public testing::TestWithParam<Case> {};

TEST_P(DoctorCause, IsFoundAloneWhereItAloneIs) {
  Sick sick;
  GetParam().make(sick);
  EXPECT_THAT(CausesOf(sick.View()), testing::ElementsAre(GetParam().cause));
}

INSTANTIATE_TEST_SUITE_P(Every, DoctorCause, testing::ValuesIn(kCases), [](const auto& one) {
  std::string name = one.param.cause;
  for (auto& c : name) c = c == '-' ? '_' : c;
  return name;
});

TEST(Doctor, EveryCauseHasACaseHereAndAFix) {
  std::set<std::string> cases;
  for (const auto& one : kCases) cases.emplace(one.cause);
  std::set<std::string> ids;
  for (const auto* cause : AllCauses()) {
    ids.emplace(cause->id);
    EXPECT_FALSE(cause->fix.empty()) << cause->id;
    EXPECT_THAT(TroubleshootingPage(), HasSubstr("`" + std::string(cause->id) + "`"));
  }
  EXPECT_EQ(ids, cases);
  EXPECT_GE(ids.size(), 20u);
}

TEST(Doctor, ANodeThatIsToHaveNoAgentIsNotAccused) {
  Sick sick;
  sick.has_agent = false;
  auto view = sick.View();
  view.agents = AgentSet{};
  EXPECT_THAT(CausesOf(view), testing::IsEmpty()) << "left out by affinity or a taint: its controller misses none";
  view.agents = AgentSet{{{"accelerators", "yes"}}, 1};
  EXPECT_THAT(CausesOf(view), testing::IsEmpty()) << "another node misses one";
  view.kube_nodes[0].labels = {{"accelerators", "yes"}};
  EXPECT_THAT(CausesOf(view), testing::ElementsAre("no-agent"));
}

TEST(Doctor, AnAgentThatIsNotScheduledSaysWhy) {
  Sick sick;
  sick.agent = {.name = "nacelle-system/agent", .phase = "Pending", .scheduling = "Insufficient memory", .agent = true};
  auto view = sick.View();
  view.agents = AgentSet{};
  EXPECT_THAT(CausesOf(view), testing::ElementsAre("agent-not-ready"));
  EXPECT_THAT(FormatDiagnoses(Diagnose(view)), HasSubstr("  nacelle-system/agent: Insufficient memory\n"));
}

TEST(Doctor, AnAgentThatIsNotReadySaysItselfWhatItWaitsFor) {
  Sick sick;
  sick.agent.ready = false;
  sick.node.status.conditions = {{"Ready", "False", 1, "NotRegistered", "the DRA driver is not registered", "t"}};
  EXPECT_THAT(FormatDiagnoses(Diagnose(sick.View())), HasSubstr("  n1: nacelle-system/agent is not ready: the DRA driver is not registered\n"));
}

TEST(Doctor, AnOperatorThatIsNotScheduledSaysWhy) {
  Sick sick;
  sick.manager = {.name = "nacelle-system/operator", .phase = "Pending", .scheduling = "Insufficient memory", .of_operator = true};
  EXPECT_THAT(FormatDiagnoses(Diagnose(sick.View())), HasSubstr("  nacelle-system/operator: Insufficient memory\n"));
}

TEST(Doctor, APodWhoseClaimIsNotPreparedIsFoundAfterAWhile) {
  Sick sick;
  sick.claims["default/c"] = {.allocated = true, .classes = {"gone"}, .has_ours = true};
  sick.pod = {.name = "default/p", .node = "n1", .phase = "Pending", .starting = true, .claims = {"default/c"},
              .containers = {{.name = "box", .waiting = "ContainerCreating", .by_resource = false, .claims = {"default/c"}}}};
  sick.pod.bound = sick.View().now - 119;
  EXPECT_THAT(CausesOf(sick.View()), testing::IsEmpty());
  sick.pod.bound = sick.View().now - 120;
  EXPECT_THAT(CausesOf(sick.View()), testing::ElementsAre("container-does-not-start"));
  EXPECT_THAT(FormatDiagnoses(Diagnose(sick.View())), HasSubstr("  default/p: none of its containers is started, on n1 for 2 minutes\n"));
  sick.claims["default/c"].has_ours = false;
  EXPECT_THAT(CausesOf(sick.View()), testing::IsEmpty()) << "of another driver";
}

TEST(Doctor, AClaimWhoseDeviceClassIsGoneIsFound) {
  Sick sick;
  sick.Pend(1);
  sick.pod.wants.clear();
  sick.pod.claims = {"default/c"};
  sick.claims["default/c"] = {.classes = {"sw-zip"}};
  EXPECT_THAT(CausesOf(sick.View()), testing::IsEmpty()) << "no offer goes through dra: it is another driver's";
  sick.offer().through = "dra";
  EXPECT_THAT(CausesOf(sick.View()), testing::ElementsAre("no-device-class"));
  sick.claims["default/c"] = {.classes = {"gone"}};
  EXPECT_THAT(CausesOf(sick.View()), testing::IsEmpty()) << "another driver's";
  sick.claims["default/c"].asks_ours = true;
  EXPECT_THAT(CausesOf(sick.View()), testing::ElementsAre("no-device-class"));
  sick.refused = {std::string(kDeviceClasses)};
  EXPECT_THAT(CausesOf(sick.View()), testing::ElementsAre("may-not-look"));
  sick.refused.clear();
  sick.claims["default/c"].classes = {"gpu"};
  EXPECT_THAT(CausesOf(sick.View()), testing::IsEmpty());
}

TEST(Doctor, WhatTheSchedulerSaysIsPrintedWhereSomeNodeHasEnoughFree) {
  Sick sick;
  sick.Pend(1);
  sick.pod.scheduling = "0/1 nodes are available: 1 node(s) were unschedulable.";
  EXPECT_THAT(FormatDiagnoses(Diagnose(sick.View())), HasSubstr("  default/p: 0/1 nodes are available: 1 node(s) were unschedulable.\n"));
  sick.offer().free = 0;
  sick.offer().held = 1;
  EXPECT_THAT(CausesOf(sick.View()), testing::ElementsAre("all-held"));
}

TEST(Doctor, APodThatIsNotScheduledHasHalfAMinute) {
  Sick sick;
  sick.Pend(1);
  sick.pod.scheduling = "0/1 nodes are available: 1 node(s) were unschedulable.";
  sick.pod.unscheduled = sick.View().now - 29;
  EXPECT_THAT(CausesOf(sick.View()), testing::IsEmpty());
  sick.pod.unscheduled = sick.View().now - 30;
  EXPECT_THAT(CausesOf(sick.View()), testing::ElementsAre("not-scheduled"));
}

TEST(Doctor, WhatMayNotBeListedAccusesNobodyElse) {
  Sick sick;
  sick.policies.push_back({.meta = {.name = "p"}});
  auto view = sick.View();
  view.pods.clear();
  view.kube_nodes.clear();
  view.nodes.clear();
  view.refused = {std::string(kPods), std::string(kNodes), std::string(kNodeAccelerators)};
  EXPECT_THAT(CausesOf(view), testing::ElementsAre("may-not-look"));
  view.kube_nodes = sick.View().kube_nodes;
  EXPECT_THAT(CausesOf(view), testing::ElementsAre("may-not-look")) << "pods are not known";
  view.pods = sick.View().pods;
  view.pods[1].phase = "Pending";
  view.pods[1].node = "";
  EXPECT_THAT(CausesOf(view), testing::ElementsAre("may-not-look")) << "offers are not known";
}

TEST(Doctor, AnOfferWithoutDevicesDoesNotTellHowItsResourceGoes) {
  Sick sick;
  sick.Pend(1);
  sick.offer().through = "dra";
  auto view = sick.View();
  auto other = sick.node;
  other.status.offers = {{.resource = kZip}};
  view.nodes.push_back(ViewOf(other));
  EXPECT_THAT(CausesOf(view), testing::Contains("no-device-class"));
}

TEST(Doctor, ContainerdThatHasGivenADeviceByCdiHasIt) {
  Sick sick;
  sick.kube.runtime = "containerd://1.7.2";
  sick.offer().through = "dra";
  EXPECT_THAT(FormatDiagnoses(Diagnose(sick.View())), HasSubstr("containerd://1.7.2 has CDI where enable_cdi is set; no pod runs yet that shows it"));
  sick.refused = {std::string(kPods)};
  EXPECT_THAT(CausesOf(sick.View()), testing::ElementsAre("may-not-look")) << "who knows what runs";
  sick.refused.clear();
  sick.node.status.holdings = {{kZip, "z", "default", "p", "box"}};
  EXPECT_THAT(CausesOf(sick.View()), testing::IsEmpty());
  sick.kube.runtime = "containerd://1.6.9";
  EXPECT_THAT(CausesOf(sick.View()), testing::ElementsAre("runtime-without-cdi"));
}

TEST(Doctor, APodThatAsksForMoreThanAnyNodeHasFreeIsToldSo) {
  Sick sick;
  sick.Pend(2);
  sick.offer() = {.resource = kZip, .devices = 2, .healthy = 2, .held = 1, .free = 1, .members = {{.id = "z", .shares = 2}}};
  sick.kube.allocatable[kZip] = 2;
  EXPECT_THAT(FormatDiagnoses(Diagnose(sick.View())), HasSubstr("nacelle.dev/sw-zip: 2 are asked for, and no node has more than 1 free"));
}

TEST(Doctor, AKubeletThatCountsNoneOfWhatIsOfferedIsFound) {
  Sick sick;
  sick.kube.allocatable[kZip] = 0;
  EXPECT_THAT(CausesOf(sick.View()), testing::ElementsAre("not-registered"));
}

TEST(Doctor, AContainerWithAClaimOfOursIsLookedAtAndNeedNotBeRoot) {
  Sick sick;
  sick.claims["default/c"] = {true, {"zip"}};
  sick.claims["default/g"] = {true, {"gpu"}};
  sick.pod.wants.clear();
  sick.pod.containers = {{.name = "box", .root = false, .failed = true, .waiting = "CrashLoopBackOff", .by_resource = false, .claims = {"default/c"}}};
  EXPECT_THAT(CausesOf(sick.View()), testing::ElementsAre("container-crashes"));
  sick.pod.containers[0].waiting = "StartError";
  EXPECT_THAT(CausesOf(sick.View()), testing::ElementsAre("container-does-not-start"));
  sick.pod.containers[0].claims = {"default/g"};
  EXPECT_THAT(CausesOf(sick.View()), testing::IsEmpty()) << "of another driver";
}

TEST(Doctor, WhereGrantsGoByCdiAContainerNeedNotBeRoot) {
  Sick sick;
  sick.node.status.grant_via = "cdi";
  sick.pod.containers[0] = {.name = "box", .root = false, .failed = true, .waiting = "CrashLoopBackOff"};
  EXPECT_THAT(CausesOf(sick.View()), testing::ElementsAre("container-crashes"));
}

TEST(Doctor, WhatTheAgentSaysOfItsPolicyCountsWhereTheSpecIsEmpty) {
  Sick sick;
  sick.node.status.grant_via = "cdi";
  sick.kube.kubelet_minor = 28;
  sick.kube.runtime = "containerd://1.6.9";
  EXPECT_THAT(CausesOf(sick.View()), testing::UnorderedElementsAre("kubelet-too-old-for-cdi", "runtime-without-cdi"));
}

TEST(Doctor, ARolloutThatHasJustBegunIsNotAccused) {
  Sick sick;
  sick.policies.push_back({.meta = {.name = "p"}});
  sick.policies[0].status.conditions = {{"Progressing", "True", 1, "RollingOut", "waits for n1", "2026-01-01T00:00:01Z"}};
  EXPECT_THAT(CausesOf(sick.View()), testing::IsEmpty());
}

TEST(Doctor, ACauseSaysWhereItIsAndWhatToDo) {
  Sick sick;
  sick.function().reason = "isolated by the driver";
  const auto diagnoses = Diagnose(sick.View());
  const auto text = FormatDiagnoses(diagnoses);
  EXPECT_THAT(text, HasSubstr("  n1/z: isolated by the driver\n"));
  EXPECT_THAT(text, HasSubstr("  → See the kernel's log"));
  EXPECT_THAT(json::Write(DescribeDiagnoses(diagnoses)), HasSubstr(R"("findings":[{"where":"n1/z","says":"isolated by the driver"}])"));
}

TEST(Doctor, OfACauseThatIsEverywhereOnlySomePlacesAreShown) {
  const Cause cause{"x", "X.", "Y.", nullptr};
  const auto text = FormatDiagnoses({{&cause, std::vector<Finding>(12, {"n", "z"})}});
  EXPECT_THAT(text, HasSubstr("  and 2 more (-o json lists all)\n"));
}

}  // namespace
}  // namespace nacelle::kubectl
