// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/cluster_view.h"

#include <gtest/gtest.h>

namespace nacelle::kubectl {
namespace {

json::Array Items(const std::string& text) { return *json::Parse(text)->AsArray(); }

TEST(ClusterView, ANodeIsReadAsFarAsItMatters) {
  const auto nodes = ReadKubeNodes(Items(R"([{"metadata": {"name": "n1"}, "status": {
    "conditions": [{"type": "Ready", "status": "True"}],
    "nodeInfo": {"kubeletVersion": "v1.37.2", "containerRuntimeVersion": "containerd://2.4.2"},
    "allocatable": {"cpu": "4", "nacelle.dev/sw-zip": "2"}}}])"));
  EXPECT_EQ(nodes, (std::vector<KubeNode>{{"n1", true, 37, "containerd://2.4.2", {{"nacelle.dev/sw-zip", 2}}, {}}}));
}

TEST(ClusterView, ANodeThatSaysNothingIsNotReadyAndOfNoVersion) {
  EXPECT_EQ(ReadKubeNodes(Items(R"([{}, {"status": {"nodeInfo": {"kubeletVersion": "main"}}}])")), (std::vector<KubeNode>{{}, {}}));
}

TEST(ClusterView, PodsWithoutAnAcceleratorAreLeftOut) {
  EXPECT_TRUE(ReadKubePods(Items(R"([{"metadata": {"name": "p"}, "spec": {"containers": [{"resources": {"limits": {"cpu": "1"}}}]}}])")).empty());
}

TEST(ClusterView, APodIsReadWithWhatItWantsAndWhyItWaits) {
  const auto pods = ReadKubePods(Items(R"([{"metadata": {"namespace": "d", "name": "p"},
    "spec": {"containers": [{"name": "a", "resources": {"limits": {"nacelle.dev/sw-zip": "1"}}},
                            {"name": "b", "resources": {"limits": {"nacelle.dev/sw-zip": 2}}}, {"name": "c"}]},
    "status": {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "message": "Insufficient", "lastTransitionTime": "2026-01-01T00:00:07Z"}],
               "containerStatuses": [{"name": "b", "state": {"waiting": {"reason": "StartError"}}, "lastState": {"terminated": {"exitCode": 1}}}]}}])"));
  ASSERT_EQ(pods.size(), 1u);
  EXPECT_EQ(pods[0], (KubePod{.name = "d/p", .phase = "Pending", .scheduling = "Insufficient", .unscheduled = 1'767'225'607, .waiting = {"StartError"},
                              .wants = {{"nacelle.dev/sw-zip", 3}}, .containers = {{"a"}, {"b", true, true, "StartError"}}}));
}

TEST(ClusterView, APodWithGatesWaitsForNoScheduler) {
  const auto pods = ReadKubePods(Items(R"([{"spec": {"containers": [{"resources": {"limits": {"nacelle.dev/z": "1"}}}]},
    "status": {"conditions": [{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated", "message": "gates"}]}}])"));
  ASSERT_EQ(pods.size(), 1u);
  EXPECT_EQ(pods[0].scheduling, "");
}

TEST(ClusterView, WhatAPodWantsIsCountedAsTheSchedulerDoes) {
  const auto wants = [](const std::string& init, const std::string& containers) {
    const auto pods = ReadKubePods(Items(R"([{"spec": {"initContainers": [)" + init + R"(], "containers": [)" + containers + "]}}]"));
    return pods.front().wants.at("nacelle.dev/z");
  };
  const std::string two = R"({"resources": {"limits": {"nacelle.dev/z": "2"}}})";
  const std::string sidecar = R"({"restartPolicy": "Always", "resources": {"limits": {"nacelle.dev/z": "1"}}})";
  EXPECT_EQ(wants(two, two), 2) << "one after the other";
  EXPECT_EQ(wants(two + "," + two, two + "," + two), 4);
  EXPECT_EQ(wants(sidecar + "," + two, "{}"), 3) << "the sidecar runs already";
  EXPECT_EQ(wants(two + "," + sidecar, two), 3);
}

TEST(ClusterView, AContainersUserIsItsOwnFieldByField) {
  const auto root = [](const std::string& pod, const std::string& own) {
    return ReadKubePods(Items(R"([{"spec": {"securityContext": )" + pod + R"(, "containers": [{"name": "a", "securityContext": )" + own +
                              R"(, "resources": {"limits": {"nacelle.dev/z": "1"}}}]}}])")).front().containers.front().root;
  };
  EXPECT_FALSE(root(R"({"runAsUser": 1000})", R"({"privileged": false})"));
  EXPECT_TRUE(root(R"({"runAsUser": 1000})", R"({"runAsUser": 0})"));
  EXPECT_FALSE(root(R"({"runAsNonRoot": true})", "{}"));
  EXPECT_FALSE(root("{}", R"({"runAsUser": 7})"));
  EXPECT_TRUE(root("{}", "{}"));
}

TEST(ClusterView, AnInitContainerThatFailsIsSeenAndASidecarWithoutAcceleratorIsNot) {
  const auto pods = ReadKubePods(Items(R"([{"spec": {
    "initContainers": [{"name": "i", "resources": {"limits": {"nacelle.dev/z": "1"}}}], "containers": [{"name": "s"}]},
    "status": {"initContainerStatuses": [{"name": "i", "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {"terminated": {"exitCode": 2}}}],
               "containerStatuses": [{"name": "s", "state": {"terminated": {"exitCode": 3}}}]}}])"));
  EXPECT_EQ(pods.front().containers, (std::vector<KubeContainer>{{"i", true, true, "CrashLoopBackOff"}}));
}

TEST(ClusterView, ClaimsOfAPodAreReadWithTheirClasses) {
  const auto pods = ReadKubePods(Items(R"([{"metadata": {"namespace": "d", "name": "p"}, "spec": {"resourceClaims": [{"name": "a", "resourceClaimName": "own"}, {"name": "b"}]},
    "status": {"resourceClaimStatuses": [{"name": "b", "resourceClaimName": "p-b-x"}]}}])"));
  EXPECT_EQ(pods.front().claims, (std::vector<std::string>{"d/own", "d/p-b-x"}));
  const auto claims = ReadKubeClaims(Items(R"([{"metadata": {"namespace": "d", "name": "own"}, "spec": {"devices": {"requests": [
    {"exactly": {"deviceClassName": "zip"}}, {"firstAvailable": [{"deviceClassName": "sec"}]}]}}, "status": {"allocation": {}}}])"));
  EXPECT_EQ(claims.at("d/own"), (KubeClaim{true, {"zip", "sec"}}));
  EXPECT_EQ(ReadOurClasses(Items(R"([{"metadata": {"name": "zip"}, "spec": {"selectors": [{"cel": {"expression": "device.driver == \"nacelle.dev\""}}]}},
                                     {"metadata": {"name": "gpu"}, "spec": {"selectors": [{"cel": {"expression": "device.driver == 'gpu'"}}]}}])")),
            std::set<std::string>{"zip"});
}

TEST(ClusterView, AClaimWhoseOwnSelectorsNameOurDriverAsksUs) {
  const auto asks = [](const std::string& request) {
    return ReadKubeClaims(Items(R"([{"metadata": {"namespace": "d", "name": "c"}, "spec": {"devices": {"requests": [)" + request + "]}}}]")).at("d/c").asks_ours;
  };
  const std::string selectors = R"("selectors": [{"cel": {"expression": "device.attributes[\"nacelle.dev\"].zlib"}}])";
  EXPECT_TRUE(asks(R"({"exactly": {"deviceClassName": "x", )" + selectors + "}}"));
  EXPECT_TRUE(asks(R"({"firstAvailable": [{"deviceClassName": "x", )" + selectors + "}]}"));
  EXPECT_FALSE(asks(R"({"exactly": {"deviceClassName": "x", "selectors": [{"cel": {"expression": "device.driver == 'gpu'"}}]}})"));
}

TEST(ClusterView, AContainerIsReadWithItsClaims) {
  const auto pods = ReadKubePods(Items(R"([{"metadata": {"namespace": "d", "name": "p"}, "spec": {
    "resourceClaims": [{"name": "a", "resourceClaimName": "own"}, {"name": "b"}],
    "containers": [{"name": "x", "resources": {"claims": [{"name": "b"}]}}, {"name": "y"}]},
    "status": {"resourceClaimStatuses": [{"name": "b", "resourceClaimName": "p-b-x"}]}}])"));
  EXPECT_EQ(pods.front().containers, (std::vector<KubeContainer>{{.name = "x", .by_resource = false, .claims = {"d/p-b-x"}}}));
}

TEST(ClusterView, WhatPodsCanAskForByAClassIsItsExtendedResource) {
  EXPECT_EQ(ReadClassResources(Items(R"([{"metadata": {"name": "a"}, "spec": {"extendedResourceName": "nacelle.dev/zip"}}, {"metadata": {"name": "b"}}])")),
            std::set<std::string>{"nacelle.dev/zip"});
}

TEST(ClusterView, WhereAgentsAreToBeIsWhatTheirDaemonSetSays) {
  const auto agents = [](const std::string& observed) {
    return ReadAgentSet(Items(R"([{"metadata": {"generation": 2}, "spec": {"template": {"spec": {"nodeSelector": {"a": "b"}}}},
      "status": {"observedGeneration": )" + observed + R"(, "desiredNumberScheduled": 3, "currentNumberScheduled": 1}}])"));
  };
  EXPECT_EQ(agents("2"), (AgentSet{{{"a", "b"}}, 2}));
  EXPECT_EQ(agents("1"), std::nullopt) << "said of the DaemonSet as it was";
  EXPECT_EQ(ReadAgentSet({}), std::nullopt);
}

TEST(ClusterView, WhetherANodeStartsPodsIsKnownByWhatKubectlPrints) {
  EXPECT_EQ(ReadFitness("n1   True    <none>   <none>   <none>\n"
                        "n2 False <none> node.kubernetes.io/not-ready NoExecute\n"
                        "n3 True true node.kubernetes.io/unschedulable NoSchedule\n"
                        "n4 Unknown <none> <none> <none>\n\nodd\n"
                        "n5 True <none> dedicated,soft NoSchedule,PreferNoSchedule\n"
                        "n6 True <none> dedicated,node.kubernetes.io/disk-pressure NoExecute,NoSchedule\n"),
            (std::map<std::string, Fitness>{{"n1", {}},
                                            {"n2", {.unfit = "the node is not ready"}},
                                            {"n3", {.unfit = "the node is cordoned"}},
                                            {"n4", {.unfit = "the node is not ready"}},
                                            {"n5", {.taints = {"dedicated:NoSchedule"}}},
                                            {"n6", {.unfit = "the node has the taint node.kubernetes.io/disk-pressure:NoSchedule", .taints = {"dedicated:NoExecute"}}}}));
}

TEST(ClusterView, PodsOfOursThatHaveEndedAreNotThere) {
  const auto count = [](const std::string& part, const std::string& phase) {
    return ReadKubePods(Items(R"([{"metadata": {"labels": {"app.kubernetes.io/name": ")" + part + R"("}}, "status": {"phase": ")" + phase + R"("}}])")).size();
  };
  for (const std::string part : {"nacelle-agent", "nacelle-operator"}) {
    EXPECT_EQ(count(part, "Running"), 1u);
    EXPECT_EQ(count(part, "Failed"), 0u) << "evicted";
    EXPECT_EQ(count(part, "Succeeded"), 0u);
  }
}

TEST(ClusterView, APodIsStartingUntilItsNodeHasASandboxForIt) {
  const auto starting = [](const std::string& node, const std::string& conditions, const std::string& waiting) {
    return ReadKubePods(Items(R"([{"spec": {"nodeName": ")" + node + R"(", "containers": [{"name": "a", "resources": {"limits": {"nacelle.dev/z": "1"}}}]},
      "status": {"phase": "Pending", "conditions": [)" + conditions + R"(], "containerStatuses": [{"name": "a", "state": {"waiting": {"reason": ")" +
                              waiting + R"("}}}]}}])")).front().starting;
  };
  const std::string sandbox = R"({"type": "PodReadyToStartContainers", "status": )";
  EXPECT_TRUE(starting("n1", sandbox + "\"False\"}", "PodInitializing"));
  EXPECT_FALSE(starting("n1", sandbox + "\"True\"}", "ContainerCreating")) << "its image is on the way";
  EXPECT_TRUE(starting("n1", "", "ContainerCreating"));
  EXPECT_FALSE(starting("n1", "", "ErrImagePull"));
  EXPECT_FALSE(starting("", sandbox + "\"False\"}", "ContainerCreating"));
}

TEST(ClusterView, SinceWhenTheKubeletHasAPodIsRead) {
  const auto pods = ReadKubePods(Items(R"([{"spec": {"containers": [{"resources": {"limits": {"nacelle.dev/z": "1"}}}]}, "status": {"startTime": "2026-01-01T00:00:00Z"}}])"));
  EXPECT_EQ(pods.front().bound, 1'767'225'600);
}

TEST(ClusterView, AClaimThatHasOurDevicesIsKnownWhateverItsClass) {
  const auto claims = ReadKubeClaims(Items(R"([{"metadata": {"namespace": "d", "name": "a"}, "status": {"allocation": {"devices": {"results": [{"driver": "nacelle.dev"}]}}}},
    {"metadata": {"namespace": "d", "name": "b"}, "status": {"allocation": {"devices": {"results": [{"driver": "gpu"}]}}}}])"));
  EXPECT_TRUE(claims.at("d/a").has_ours);
  EXPECT_FALSE(claims.at("d/b").has_ours);
}

}  // namespace
}  // namespace nacelle::kubectl
