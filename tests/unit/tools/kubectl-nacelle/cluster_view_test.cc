// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/cluster_view.h"

#include <gtest/gtest.h>

namespace nacelle::kubectl {
namespace {

json::Array Items(std::string_view text) { return *json::Parse(text)->AsArray(); }

TEST(ClusterView, ANodeIsReadAsFarAsItMatters) {
  const auto nodes = ReadKubeNodes(Items(R"([{"metadata": {"name": "n1"}, "status": {
    "conditions": [{"type": "Ready", "status": "True"}],
    "nodeInfo": {"kubeletVersion": "v1.37.2", "containerRuntimeVersion": "containerd://2.4.2"},
    "allocatable": {"cpu": "4", "nacelle.dev/sw-zip": "2"}}}])"));
  EXPECT_EQ(nodes, (std::vector<KubeNode>{{"n1", true, 37, "containerd://2.4.2", {{"nacelle.dev/sw-zip", 2}}}}));
}

TEST(ClusterView, ANodeThatSaysNothingIsNotReadyAndOfNoVersion) {
  EXPECT_EQ(ReadKubeNodes(Items(R"([{}, {"status": {"nodeInfo": {"kubeletVersion": "main"}}}])")), (std::vector<KubeNode>{{}, {}}));
}

TEST(ClusterView, PodsWithoutAnAcceleratorAreLeftOut) {
  EXPECT_TRUE(ReadKubePods(Items(R"([{"metadata": {"name": "p"}, "spec": {"containers": [{"resources": {"limits": {"cpu": "1"}}}]}}])")).empty());
}

TEST(ClusterView, APodIsReadWithWhatItWantsAndWhyItWaits) {
  const auto pods = ReadKubePods(Items(R"([{"metadata": {"namespace": "d", "name": "p"},
    "spec": {"securityContext": {"runAsUser": 1000}, "containers": [{"resources": {"limits": {"nacelle.dev/sw-zip": "1"}}}, {"resources": {"limits": {"nacelle.dev/sw-zip": 2}}}]},
    "status": {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "message": "Insufficient"}],
               "containerStatuses": [{"state": {"waiting": {"reason": "StartError"}}, "lastState": {"terminated": {"exitCode": 1}}}]}}])"));
  ASSERT_EQ(pods.size(), 1u);
  EXPECT_EQ(pods[0], (KubePod{.name = "d/p", .phase = "Pending", .scheduling = "Insufficient", .waiting = {"StartError"},
                              .wants = {{"nacelle.dev/sw-zip", 3}}, .root = false, .crashed = true}));
}

}  // namespace
}  // namespace nacelle::kubectl
