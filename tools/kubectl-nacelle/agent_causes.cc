// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "tools/kubectl-nacelle/doctor.h"

namespace nacelle::kubectl {
namespace {

using Findings = std::vector<Finding>;

const KubePod* AgentOn(const ClusterView& view, const std::string& node) {
  const auto it = std::find_if(view.pods.begin(), view.pods.end(), [&](const auto& pod) { return pod.agent && pod.node == node; });
  return it == view.pods.end() ? nullptr : &*it;
}

const KubeNode* KubeNodeOf(const ClusterView& view, const NodeView& node) {
  const auto it = std::find_if(view.kube_nodes.begin(), view.kube_nodes.end(),
                               [&](const auto& one) { return one.name == node.object.meta.name; });
  return it == view.kube_nodes.end() ? nullptr : &*it;
}

Findings NoCustomResources(const ClusterView& view) {
  if (view.custom_resources) return {};
  return {{"cluster", "the API server knows no NodeAccelerators"}};
}

Findings NoAgent(const ClusterView& view) {
  Findings found;
  for (const auto& node : view.kube_nodes) {
    if (node.ready && AgentOn(view, node.name) == nullptr) found.push_back({node.name, "no pod of the agent is there"});
  }
  return found;
}

bool WaitsFor(const KubePod& pod, std::initializer_list<std::string_view> reasons) {
  return std::any_of(pod.waiting.begin(), pod.waiting.end(), [&](const auto& waiting) {
    return std::find(reasons.begin(), reasons.end(), waiting) != reasons.end();
  });
}

bool LacksImage(const KubePod& pod) {
  return WaitsFor(pod, {"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName"});
}

bool Crashes(const KubePod& pod) { return WaitsFor(pod, {"CrashLoopBackOff"}); }

Findings NoImage(const ClusterView& view) {
  Findings found;
  for (const auto& pod : view.pods) {
    if (pod.agent && LacksImage(pod)) found.push_back({pod.node, pod.name + ": " + pod.waiting.front()});
  }
  return found;
}

Findings AgentCrashes(const ClusterView& view) {
  Findings found;
  for (const auto& pod : view.pods) {
    if (pod.agent && Crashes(pod)) found.push_back({pod.node, pod.name + " ends again and again"});
  }
  return found;
}

Findings AgentNotReady(const ClusterView& view) {
  Findings found;
  for (const auto& pod : view.pods) {
    if (pod.agent && !pod.ready && !LacksImage(pod) && !Crashes(pod)) found.push_back({pod.node, pod.name + " is not ready"});
  }
  return found;
}

Findings NothingPublished(const ClusterView& view) {
  if (!view.custom_resources) return {};
  Findings found;
  for (const auto& pod : view.pods) {
    if (pod.agent && pod.ready && FindNode(view.nodes, pod.node) == nullptr) found.push_back({pod.node, "it has no NodeAccelerators"});
  }
  return found;
}

Findings PolicyNotInForce(const ClusterView& view) {
  Findings found;
  for (const auto& node : view.nodes) {
    const auto& wanted = node.object.spec.policy;
    if (!wanted || node.object.status.policy == wanted) continue;
    found.push_back({node.object.meta.name, "policy " + wanted->name + ", generation " + std::to_string(wanted->generation) + ", is not in force"});
  }
  return found;
}

// The kubelet counts nothing of what the agent offers it.
Findings NotRegistered(const ClusterView& view) {
  Findings found;
  for (const auto& node : view.nodes) {
    const auto* kube = KubeNodeOf(view, node);
    if (kube == nullptr || !kube->ready) continue;
    for (const auto& offer : node.object.status.offers) {
      if (offer.through != "devicePlugin" || offer.healthy == 0 || kube->allocatable.contains(offer.resource)) continue;
      found.push_back({kube->name, offer.resource + ": the kubelet does not know it"});
    }
  }
  return found;
}

bool GoesByDra(const NodeView& node) {
  const auto& offers = node.object.status.offers;
  return std::any_of(offers.begin(), offers.end(), [](const auto& offer) { return offer.through == "dra"; });
}

Findings KubeletTooOldForDra(const ClusterView& view) {
  Findings found;
  for (const auto& node : view.nodes) {
    const auto* kube = KubeNodeOf(view, node);
    if (kube == nullptr || kube->kubelet_minor == 0 || kube->kubelet_minor >= 34 || !GoesByDra(node)) continue;
    found.push_back({kube->name, "kubelet 1." + std::to_string(kube->kubelet_minor)});
  }
  return found;
}

Findings KubeletTooOldForCdi(const ClusterView& view) {
  Findings found;
  for (const auto& node : view.nodes) {
    const auto* kube = KubeNodeOf(view, node);
    if (kube == nullptr || kube->kubelet_minor == 0 || kube->kubelet_minor >= 29) continue;
    if (node.object.spec.rules.grant.via == "cdi") found.push_back({kube->name, "kubelet 1." + std::to_string(kube->kubelet_minor)});
  }
  return found;
}

// CDI is on by default since containerd 2.0, off in 1.7, absent before.
Findings RuntimeWithoutCdi(const ClusterView& view) {
  Findings found;
  for (const auto& node : view.nodes) {
    const auto* kube = KubeNodeOf(view, node);
    if (kube == nullptr || !kube->runtime.starts_with("containerd://1.")) continue;
    if (GoesByDra(node) || node.object.spec.rules.grant.via != "devices") found.push_back({kube->name, kube->runtime});
  }
  return found;
}

Findings Truncated(const ClusterView& view) {
  Findings found;
  for (const auto& node : view.nodes) {
    if (!node.object.status.truncated.empty()) found.push_back({node.object.meta.name, node.object.status.truncated});
  }
  return found;
}

constexpr std::array kCauses = {
    Cause{"no-custom-resources", "The custom resources are not installed.",
          "kubectl apply --server-side -f charts/nacelle/crds", NoCustomResources},
    Cause{"no-agent", "A node that is ready has no agent.",
          "Look at nodeSelector, affinity and tolerations of the DaemonSet nacelle-agent, and at its events: pod security may refuse it "
          "(label the namespace pod-security.kubernetes.io/enforce=privileged).", NoAgent},
    Cause{"no-image", "The agent's image cannot be had.",
          "Load the archive of ./dev image into the node, or set image.registry and image.pullSecrets of the chart.", NoImage},
    Cause{"agent-crashes", "The agent ends again and again.",
          "kubectl logs -n nacelle-system POD --previous says why, in its last line.", AgentCrashes},
    Cause{"agent-not-ready", "An agent runs and is not ready.",
          "kubectl logs -n nacelle-system POD; it is ready when the machine was read once and the kubelet knows its resources.", AgentNotReady},
    Cause{"nothing-published", "An agent is ready, and nothing is known of its node.",
          "The agent needs a token, and the right to write its NodeAccelerators: see its log, and install the chart of the agent's version.",
          NothingPublished},
    Cause{"policy-not-in-force", "A node does not follow the policy that it is to follow.",
          "kubectl nacelle explain FUNCTION and the agent's log say what is wrong with it there; the last good policy stays in force. "
          "During a rollout this is so until it is the node's turn.", PolicyNotInForce},
    Cause{"not-registered", "The agent offers a resource that the kubelet does not know.",
          "Look for \"registered\" in the agent's log; the folder of agent.kubeletDir must be the kubelet's own.", NotRegistered},
    Cause{"kubelet-too-old-for-dra", "An offer goes through dra on a kubelet before 1.34.",
          "Say through: devicePlugin for these nodes, or update the kubelet.", KubeletTooOldForDra},
    Cause{"kubelet-too-old-for-cdi", "The policy says via: cdi on a kubelet before 1.29.",
          "Say grant.via: devices or annotation.", KubeletTooOldForCdi},
    Cause{"runtime-without-cdi", "Containers are to get devices by CDI, which containerd 1 does not read by default.",
          "Set enable_cdi = true in containerd 1.7, update it to 2, or say grant.via: devices and through: devicePlugin.", RuntimeWithoutCdi},
    Cause{"truncated", "A node has more functions than an object can hold.",
          "nacelle-agent inspect on the node shows all; what is offered is complete.", Truncated},
};

}  // namespace

std::span<const Cause> AgentCauses() { return kCauses; }

}  // namespace nacelle::kubectl
