// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include "core/crd/time_text.h"
#include "tools/kubectl-nacelle/doctor.h"

namespace nacelle::kubectl {
namespace {

using Findings = std::vector<Finding>;

// A large cluster takes its time.
constexpr std::int64_t kRolloutMinutes = 10;

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

bool HasLabels(const KubeNode& node, const std::map<std::string, std::string>& labels) {
  return std::all_of(labels.begin(), labels.end(), [&](const auto& label) {
    const auto it = node.labels.find(label.first);
    return it != node.labels.end() && it->second == label.second;
  });
}

// Affinity and taints are the DaemonSet's controller's to judge: it says whether any is missing.
Findings NoAgent(const ClusterView& view) {
  if (IsRefused(view, kPods)) return {};
  if (view.agents && view.agents->missing == 0) return {};
  Findings found;
  for (const auto& node : view.kube_nodes) {
    if (!node.ready || AgentOn(view, node.name) != nullptr) continue;
    if (!view.agents) found.push_back({node.name, "no pod of the agent is there"});
    else if (HasLabels(node, view.agents->labels)) found.push_back({node.name, "no pod of the agent is there; of all nodes " + std::to_string(view.agents->missing) + " should have one"});
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

// What the agent itself says of it, where it has said so.
std::string WhyUnready(const ClusterView& view, const std::string& name) {
  const auto* node = FindNode(view.nodes, name);
  const auto* ready = node == nullptr ? nullptr : crd::FindCondition(node->object.status.conditions, "Ready");
  return ready == nullptr || ready->status == "True" || ready->message.empty() ? std::string() : ": " + ready->message;
}

std::string WhyUnscheduled(const KubePod& pod) { return pod.scheduling.empty() ? "it is not scheduled" : pod.scheduling; }

Findings AgentNotReady(const ClusterView& view) {
  Findings found;
  for (const auto& pod : view.pods) {
    if (!pod.agent || pod.ready || LacksImage(pod) || Crashes(pod)) continue;
    if (pod.node.empty()) found.push_back({pod.name, WhyUnscheduled(pod)});
    else found.push_back({pod.node, pod.name + " is not ready" + WhyUnready(view, pod.node)});
  }
  return found;
}

Findings NothingPublished(const ClusterView& view) {
  if (!view.custom_resources || IsRefused(view, kNodeAccelerators)) return {};
  Findings found;
  for (const auto& pod : view.pods) {
    if (pod.agent && pod.ready && FindNode(view.nodes, pod.node) == nullptr) found.push_back({pod.node, "it has no NodeAccelerators"});
  }
  return found;
}

Findings OperatorNotReady(const ClusterView& view) {
  Findings found;
  for (const auto& pod : view.pods) {
    if (!pod.of_operator || pod.ready) continue;
    if (pod.node.empty()) found.push_back({pod.name, WhyUnscheduled(pod)});
    else found.push_back({pod.name, pod.waiting.empty() ? "it is not ready" : pod.waiting.front()});
  }
  return found;
}

Findings NoOperator(const ClusterView& view) {
  if (IsRefused(view, kPods)) return {};
  const bool there = std::any_of(view.pods.begin(), view.pods.end(), [](const auto& pod) { return pod.of_operator; });
  Findings found;
  for (const auto& policy : view.policies) {
    if (!there) found.push_back({"policy " + policy.meta.name, "no pod of the operator is there to bring it to nodes"});
  }
  return found;
}

// The policies whose condition `type` is `status`, with its message.
Findings PoliciesWith(const ClusterView& view, std::string_view type, std::string_view status) {
  Findings found;
  for (const auto& policy : view.policies) {
    const auto* condition = crd::FindCondition(policy.status.conditions, type);
    if (condition != nullptr && condition->status == status) found.push_back({"policy " + policy.meta.name, condition->message});
  }
  return found;
}

Findings PolicyDegraded(const ClusterView& view) { return PoliciesWith(view, "Degraded", "True"); }

// One that is degraded says itself what is wrong.
Findings RolloutLasts(const ClusterView& view) {
  Findings found;
  for (const auto& policy : view.policies) {
    const auto* progressing = crd::FindCondition(policy.status.conditions, "Progressing");
    const auto* degraded = crd::FindCondition(policy.status.conditions, "Degraded");
    if (progressing == nullptr || progressing->status != "True" || (degraded != nullptr && degraded->status == "True")) continue;
    const auto since = crd::ParseTime(progressing->last_transition_time);
    const auto minutes = since ? (view.now - *since) / 60 : 0;
    if (minutes >= kRolloutMinutes) found.push_back({"policy " + policy.meta.name, "for " + std::to_string(minutes) + " minutes: " + progressing->message});
  }
  return found;
}

Findings MayNotLook(const ClusterView& view) {
  Findings found;
  for (const auto& kind : view.refused) found.push_back({kind, "you may not list them"});
  return found;
}

Findings PolicyGivesWay(const ClusterView& view) { return PoliciesWith(view, "Accepted", "False"); }

Findings PolicySelectsNothing(const ClusterView& view) {
  Findings found;
  for (const auto& policy : view.policies) {
    const bool looked_at = policy.status.observed_generation == policy.meta.generation && policy.meta.generation > 0;
    if (looked_at && policy.status.nodes.selected == 0) found.push_back({"policy " + policy.meta.name, "no node has the labels of its nodeSelector"});
  }
  return found;
}

// What the agent says of it; null when it takes it, or has not said.
const crd::Condition* RefusalOf(const NodeView& node) {
  const auto* accepted = crd::FindCondition(node.object.status.conditions, "PolicyAccepted");
  return accepted != nullptr && accepted->status == "False" ? accepted : nullptr;
}

Findings PolicyRefused(const ClusterView& view) {
  Findings found;
  for (const auto& node : view.nodes) {
    if (const auto* refusal = RefusalOf(node)) found.push_back({node.object.meta.name, refusal->message.empty() ? refusal->reason : refusal->message});
  }
  return found;
}

Findings PolicyNotInForce(const ClusterView& view) {
  Findings found;
  for (const auto& node : view.nodes) {
    const auto& wanted = node.object.spec.policy;
    if (!wanted || node.object.status.policy == wanted || RefusalOf(node) != nullptr) continue;
    found.push_back({node.object.meta.name, "policy " + wanted->name + ", generation " + std::to_string(wanted->generation) + ", is not in force"});
  }
  return found;
}

Findings Problems(const ClusterView& view) {
  Findings found;
  for (const auto& node : view.nodes) {
    for (const auto& problem : node.object.status.problems) found.push_back({node.object.meta.name + '/' + problem.object, problem.message});
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
      if (offer.through != "devicePlugin" || offer.healthy == 0) continue;
      const auto counted = kube->allocatable.find(offer.resource);
      if (counted == kube->allocatable.end()) found.push_back({kube->name, offer.resource + ": the kubelet does not know it"});
      else if (counted->second == 0) found.push_back({kube->name, offer.resource + ": the kubelet has none, and the agent offers " + std::to_string(offer.healthy)});
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
    if (GrantVia(node) == "cdi") found.push_back({kube->name, "kubelet 1." + std::to_string(kube->kubelet_minor)});
  }
  return found;
}

bool Runs(const ClusterView& view, const crd::NodeHolding& holding) {
  return std::any_of(view.pods.begin(), view.pods.end(), [&](const KubePod& pod) {
    return pod.phase == "Running" && pod.name == PodOf(holding);
  });
}

// Whether a pod runs that has got its devices by CDI.
bool HasShownCdi(const ClusterView& view, const NodeView& node) {
  const auto& status = node.object.status;
  const bool all_by_cdi = GrantVia(node) != "devices";
  return std::any_of(status.holdings.begin(), status.holdings.end(), [&](const crd::NodeHolding& holding) {
    const bool by_claim = std::any_of(status.offers.begin(), status.offers.end(), [&](const auto& offer) {
      return offer.resource == holding.resource && offer.through == "dra";
    });
    return (all_by_cdi || by_claim) && Runs(view, holding);
  });
}

// CDI is on by default since containerd 2.0, a setting in 1.7 that only the node knows, and
// absent before.
Findings RuntimeWithoutCdi(const ClusterView& view) {
  Findings found;
  const bool pods_are_known = !IsRefused(view, kPods);
  for (const auto& node : view.nodes) {
    const auto* kube = KubeNodeOf(view, node);
    if (kube == nullptr || !kube->runtime.starts_with("containerd://1.")) continue;
    if (!GoesByDra(node) && GrantVia(node) == "devices") continue;
    if (!kube->runtime.starts_with("containerd://1.7")) found.push_back({kube->name, kube->runtime + " has no CDI"});
    else if (pods_are_known && !HasShownCdi(view, node)) found.push_back({kube->name, kube->runtime + " has CDI where enable_cdi is set; no pod runs yet that shows it"});
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
    Cause{"may-not-look", "Something could not be looked at, so that causes may be missing here.",
          "Look as somebody who may list it: `kubectl auth can-i list RESOURCE --all-namespaces`.", MayNotLook},
    Cause{"no-custom-resources", "The custom resources are not installed.",
          "`kubectl apply --server-side --force-conflicts -f charts/nacelle/crds`", NoCustomResources},
    Cause{"no-agent", "A node that is ready has no agent.",
          "`kubectl describe daemonset nacelle-agent -n nacelle-system` shows its events: pod security may refuse it "
          "(label the namespace pod-security.kubernetes.io/enforce=privileged).", NoAgent},
    Cause{"no-image", "The agent's image cannot be had.",
          "Load the archive of ./dev image into the node, or set image.registry and image.pullSecrets of the chart.", NoImage},
    Cause{"agent-crashes", "The agent ends again and again.",
          "`kubectl logs -n nacelle-system POD` (with `--previous`) says why, in its last line.", AgentCrashes},
    Cause{"agent-not-ready", "An agent runs and is not ready.",
          "`kubectl logs -n nacelle-system POD`; it is ready when the machine was read once, the kubelet knows its resources and, where offers go "
          "through dra, its driver. On a node with SELinux: agent.seLinuxOptions of the chart.", AgentNotReady},
    Cause{"nothing-published", "An agent is ready, and nothing is known of its node.",
          "The agent needs a token, and the right to write its NodeAccelerators: see its log, and install the chart of the agent's version.",
          NothingPublished},
    Cause{"operator-not-ready", "A pod of the operator is not ready.",
          "`kubectl describe pod -n nacelle-system POD` says why it is not scheduled or started, `kubectl logs -n nacelle-system POD` (with `--previous` "
          "when it ends again and again) why it is not ready; till then policies stay as they are on nodes.",
          OperatorNotReady},
    Cause{"no-operator", "There are policies, and no operator brings them to nodes.",
          "Set operator.enabled of the chart, or delete the policies.", NoOperator},
    Cause{"policy-degraded", "The rollout of a policy stands still.",
          "Mend what the message names, or apply the policy as it was before: the rollout goes on from there.", PolicyDegraded},
    Cause{"rollout-lasts", "A policy is on its way to its nodes for ten minutes.",
          "The message names the nodes that it waits for: see whether their agents are ready, and their logs.", RolloutLasts},
    Cause{"policy-gives-way", "An older policy selects the same nodes, and is in force there.",
          "Delete one of them, or let their nodeSelectors select different nodes.", PolicyGivesWay},
    Cause{"policy-selects-nothing", "A policy selects no node.",
          "`kubectl get nodes --show-labels`; an empty nodeSelector selects all nodes.", PolicySelectsNothing},
    Cause{"policy-refused", "An agent refuses the policy that it is to follow.",
          "The message says what is wrong with it on this machine; the last good policy stays in force there. Mend the policy, or its nodeSelector.",
          PolicyRefused},
    Cause{"policy-not-in-force", "A node does not follow the policy that it is to follow.",
          "An agent takes a policy within seconds; if this lasts, see whether it is ready, and its log.", PolicyNotInForce},
    Cause{"problem", "Something of a node cannot be read, or makes no sense.",
          "The message names the file or object; `kubectl exec -n nacelle-system POD -- nacelle-agent inspect --root /host` shows it, too.", Problems},
    Cause{"not-registered", "The agent offers a resource of which the kubelet counts nothing.",
          "Look for \"registered\" in the agent's log; the folder of agent.kubeletDir must be the kubelet's own.", NotRegistered},
    Cause{"kubelet-too-old-for-dra", "An offer goes through dra on a kubelet before 1.34.",
          "Say through: devicePlugin for these nodes, or update the kubelet.", KubeletTooOldForDra},
    Cause{"kubelet-too-old-for-cdi", "The policy says via: cdi on a kubelet before 1.29.",
          "Say grant.via: devices or annotation.", KubeletTooOldForCdi},
    Cause{"runtime-without-cdi", "Containers are to get devices by CDI, which containerd 1 may not read.",
          "See that enable_cdi = true is set in containerd 1.7 (said until a pod has got a device so), update it to 2, or say grant.via: devices and through: devicePlugin.", RuntimeWithoutCdi},
    Cause{"truncated", "A node has more functions than an object can hold.",
          "`kubectl exec -n nacelle-system POD -- nacelle-agent inspect --root /host` shows all; what is offered is complete.", Truncated},
};

}  // namespace

std::span<const Cause> AgentCauses() { return kCauses; }

}  // namespace nacelle::kubectl
