// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "tools/kubectl-nacelle/doctor.h"

namespace nacelle::kubectl {
namespace {

using Findings = std::vector<Finding>;

// What all nodes have of a resource: healthy devices, and those of them that are held.
struct Supply {
  bool known = false;
  std::int64_t healthy = 0;
  std::int64_t held = 0;
  std::int64_t most = 0;       // healthy on one node
  std::int64_t most_free = 0;  // of one node
  // Nodes have devices of it for claims, and none for the device plugin. An offer without
  // devices does not tell.
  bool by_claim = false;
};

Supply SupplyOf(const ClusterView& view, const std::string& resource) {
  Supply supply;
  bool by_plugin = false;
  for (const auto& node : view.nodes) {
    for (const auto& offer : node.object.status.offers) {
      if (offer.resource != resource) continue;
      supply.known = true;
      supply.healthy += offer.healthy;
      supply.held += offer.held;
      supply.most = std::max(supply.most, offer.healthy);
      supply.most_free = std::max(supply.most_free, offer.free);
      if (offer.devices > 0) (offer.through == "dra" ? supply.by_claim : by_plugin) = true;
    }
  }
  supply.by_claim = supply.by_claim && !by_plugin;
  return supply;
}

// The kubelet tries a claim that it cannot prepare again and again.
constexpr std::int64_t kStartMinutes = 2;

// The scheduler looks again when something has changed.
constexpr std::int64_t kScheduleSeconds = 30;

bool Waits(const KubePod& pod) { return !pod.agent && pod.phase == "Pending" && pod.node.empty(); }

// Pods that wait for a resource of which `lacking` says what is wrong.
template <typename Lacking>
Findings Waiting(const ClusterView& view, Lacking lacking) {
  Findings found;
  if (IsRefused(view, kNodeAccelerators)) return found;
  for (const auto& pod : view.pods) {
    if (!Waits(pod)) continue;
    for (const auto& [resource, count] : pod.wants) {
      const auto says = lacking(SupplyOf(view, resource), count);
      if (!says.empty()) found.push_back({pod.name, resource + ": " + says});
    }
  }
  return found;
}

Findings NoSuchResource(const ClusterView& view) {
  return Waiting(view, [](const Supply& supply, std::int64_t) { return std::string(supply.known ? "" : "no node offers it"); });
}

Findings TooMany(const ClusterView& view) {
  return Waiting(view, [](const Supply& supply, std::int64_t count) {
    if (!supply.known || count <= supply.most) return std::string();
    return std::to_string(count) + " are asked for, and no node has more than " + std::to_string(supply.most) + " that are well";
  });
}

Findings AllHeld(const ClusterView& view) {
  return Waiting(view, [](const Supply& supply, std::int64_t count) {
    if (!supply.known || count > supply.most || count <= supply.most_free) return std::string();
    if (supply.held >= supply.healthy) return "all " + std::to_string(supply.healthy) + " are held";
    return std::to_string(count) + " are asked for, and no node has more than " + std::to_string(supply.most_free) + " free";
  });
}

// Where what a pod asks for is free on one node or another, the scheduler knows what else there is.
Findings NotScheduled(const ClusterView& view) {
  Findings found;
  for (const auto& pod : view.pods) {
    if (!Waits(pod) || pod.wants.empty() || pod.scheduling.empty()) continue;
    if (pod.unscheduled && view.now < *pod.unscheduled + kScheduleSeconds) continue;
    const bool free = std::all_of(pod.wants.begin(), pod.wants.end(), [&](const auto& want) {
      const auto supply = SupplyOf(view, want.first);
      return want.second <= supply.most_free && (!supply.by_claim || view.class_resources.contains(want.first));
    });
    if (free) found.push_back({pod.name, pod.scheduling});
  }
  return found;
}

bool IsOfferByClaim(const ClusterView& view, const std::string& name) {
  return std::any_of(view.nodes.begin(), view.nodes.end(), [&](const NodeView& node) {
    const auto& offers = node.object.status.offers;
    return std::any_of(offers.begin(), offers.end(), [&](const auto& offer) { return offer.through == "dra" && ShortName(offer.resource) == name; });
  });
}

// A class that is gone does not say of which driver it was.
void AddLostClasses(const ClusterView& view, const KubePod& pod, Findings& found) {
  for (const auto& name : pod.claims) {
    const auto claim = view.claims.find(name);
    if (claim == view.claims.end() || claim->second.allocated) continue;
    for (const auto& one : claim->second.classes) {
      if (view.all_classes.contains(one) || !(claim->second.asks_ours || IsOfferByClaim(view, one))) continue;
      found.push_back({pod.name, "its claim asks for the DeviceClass " + one + ", which is not there"});
    }
  }
}

// Waiting pods' resources that go by claims only, and have no class; or one that lacks the name.
template <typename Add>
void EachWithoutClass(const ClusterView& view, const KubePod& pod, Add add) {
  for (const auto& [resource, count] : pod.wants) {
    const auto supply = SupplyOf(view, resource);
    if (supply.known && supply.by_claim && !view.class_resources.contains(resource)) add(resource, view.classes.contains(ShortName(resource)));
  }
}

Findings NoDeviceClass(const ClusterView& view) {
  Findings found;
  if (IsRefused(view, kDeviceClasses)) return found;
  for (const auto& pod : view.pods) {
    if (!Waits(pod)) continue;
    AddLostClasses(view, pod, found);
    EachWithoutClass(view, pod, [&](const auto& resource, bool has_class) {
      if (!has_class) found.push_back({pod.name, resource + ": no DeviceClass has it as extendedResourceName"});
    });
  }
  return found;
}

Findings ClassWithoutResource(const ClusterView& view) {
  Findings found;
  if (IsRefused(view, kDeviceClasses)) return found;
  for (const auto& pod : view.pods) {
    if (!Waits(pod)) continue;
    EachWithoutClass(view, pod, [&](const auto& resource, bool has_class) {
      if (has_class) found.push_back({pod.name, "the DeviceClass " + ShortName(resource) + " has no extendedResourceName"});
    });
  }
  return found;
}

Findings FailedWith(const ClusterView& view, std::string_view reason) {
  Findings found;
  for (const auto& pod : view.pods) {
    if (!pod.agent && pod.phase == "Failed" && pod.reason == reason) found.push_back({pod.name, "on " + pod.node});
  }
  return found;
}

bool IsOurs(const ClusterView& view, const KubeClaim& claim) {
  return claim.has_ours || std::any_of(claim.classes.begin(), claim.classes.end(), [&](const auto& one) { return view.classes.contains(one); });
}

// Whether a container has an accelerator, be it by a claim.
bool HasOurs(const ClusterView& view, const KubeContainer& container) {
  return container.by_resource || std::any_of(container.claims.begin(), container.claims.end(), [&](const auto& name) {
    const auto claim = view.claims.find(name);
    return claim != view.claims.end() && IsOurs(view, claim->second);
  });
}

// CDI opens device nodes to every user; so do claims, which go by it, and offers through dra.
bool NeedsRoot(const ClusterView& view, const KubePod& pod, const KubeContainer& container) {
  const auto* node = FindNode(view.nodes, pod.node);
  if (!container.by_resource || (node != nullptr && GrantVia(*node) != "devices")) return false;
  return std::any_of(pod.wants.begin(), pod.wants.end(), [&](const auto& want) { return !SupplyOf(view, want.first).by_claim; });
}

// Containers with an accelerator of which `is` says something.
template <typename Is>
Findings Containers(const ClusterView& view, Is is, const std::string& says) {
  Findings found;
  for (const auto& pod : view.pods) {
    for (const auto& container : pod.containers) {
      if (!pod.agent && HasOurs(view, container) && is(pod, container)) found.push_back({pod.name + '/' + container.name, says});
    }
  }
  return found;
}

Findings NotRootAndFails(const ClusterView& view) {
  const auto is = [&](const auto& pod, const auto& one) { return !one.root && one.failed && NeedsRoot(view, pod, one); };
  return Containers(view, is, "it runs as another user than root, and has failed");
}

// Of one that is not root and needs to be, that is the cause.
Findings Crashes(const ClusterView& view) {
  const auto is = [&](const auto& pod, const auto& one) {
    return one.waiting == "CrashLoopBackOff" && (one.root || !NeedsRoot(view, pod, one));
  };
  return Containers(view, is, "it ends again and again");
}

Findings ClaimWaits(const ClusterView& view) {
  Findings found;
  for (const auto& pod : view.pods) {
    if (!Waits(pod)) continue;
    for (const auto& name : pod.claims) {
      const auto claim = view.claims.find(name);
      if (claim == view.claims.end() || claim->second.allocated) continue;
      const auto& classes = claim->second.classes;
      const auto ours = std::find_if(classes.begin(), classes.end(), [&](const auto& one) { return view.classes.contains(one); });
      if (ours == classes.end()) continue;
      found.push_back({pod.name, "its claim of " + *ours + " is not allocated" + (pod.scheduling.empty() ? "" : ": " + pod.scheduling)});
    }
  }
  return found;
}

bool IsStartError(const std::string& reason) {
  return reason == "RunContainerError" || reason == "CreateContainerError" || reason == "PreStartContainerError" || reason == "StartError";
}

// A pod whose claim cannot be prepared stays so, and only its events say why.
void AddNotBegun(const ClusterView& view, const KubePod& pod, Findings& found) {
  const auto minutes = pod.bound ? (view.now - *pod.bound) / 60 : 0;
  if (pod.agent || !pod.starting || minutes < kStartMinutes) return;
  const bool ours = std::any_of(pod.containers.begin(), pod.containers.end(), [&](const auto& one) { return HasOurs(view, one); });
  if (ours) found.push_back({pod.name, "none of its containers is started, on " + pod.node + " for " + std::to_string(minutes) + " minutes"});
}

Findings CannotStart(const ClusterView& view) {
  Findings found;
  for (const auto& pod : view.pods) {
    AddNotBegun(view, pod, found);
    for (const auto& one : pod.containers) {
      if (HasOurs(view, one) && IsStartError(one.waiting)) found.push_back({pod.name + '/' + one.name, one.waiting});
    }
  }
  return found;
}

Findings NodeIsDown(const ClusterView& view) {
  Findings found;
  for (const auto& node : view.kube_nodes) {
    const auto* known = FindNode(view.nodes, node.name);
    if (!node.ready && known != nullptr && known->object.status.summary.functions > 0) {
      found.push_back({node.name, "it is not ready, and has " + std::to_string(known->object.status.summary.functions) + " functions"});
    }
  }
  return found;
}

constexpr std::array kCauses = {
    Cause{"no-such-resource", "A pod asks for a resource that no node offers.",
          "`kubectl nacelle nodes` lists the names that are offered; a policy gives other names.", NoSuchResource},
    Cause{"asks-too-many", "A pod asks for more devices than any node has.",
          "Ask for fewer, say sharesPerQueue in the policy, or see why functions are not well: `kubectl nacelle functions`.", TooMany},
    Cause{"no-device-class", "A pod asks for what goes through dra, and there is no DeviceClass for it.",
          "The operator makes one for each offer through: dra, named as the offer; `kubectl get deviceclasses` lists them. `kubectl describe accpol` says why one was refused.", NoDeviceClass},
    Cause{"class-without-resource", "A pod asks by resources.limits for what goes through dra, and its DeviceClass has no extendedResourceName.",
          "The API server drops it where the feature gate DRAExtendedResource is off, as it is by default before Kubernetes 1.36. Ask by a claim, or turn the gate on in "
          "all of the cluster and start the operator anew, which then writes the class again.", ClassWithoutResource},
    Cause{"all-held", "No node has as many devices of a resource free as a pod asks for.", "`kubectl nacelle who` says by whom; sharesPerQueue divides queues among containers.", AllHeld},
    Cause{"not-scheduled", "A pod is not scheduled, and what it asks for is free on some node.",
          "The scheduler's words count the nodes by what keeps the pod from them: `kubectl uncordon NODE`, a toleration for a taint, or CPUs and memory.", NotScheduled},
    Cause{"unexpected-admission", "A node has refused a pod because the kubelet did not know the resource yet.",
          "So it is after a reboot (kubernetes/kubernetes#128043). Delete the pod; a controller makes another one by itself.",
          [](const ClusterView& view) { return FailedWith(view, "UnexpectedAdmissionError"); }},
    Cause{"topology-never-admits", "The kubelet's topology policy refuses a pod.",
          "With restricted or single-numa-node, CPUs, memory and devices must be free on one NUMA node: ask for fewer CPUs, or for a "
          "resource whose queues are where the CPUs are (near numa:N in the policy).",
          [](const ClusterView& view) { return FailedWith(view, "TopologyAffinityError"); }},
    Cause{"not-root", "A container that is not root has failed with an accelerator.",
          "It can open the node only where containerd or CRI-O have device_ownership_from_security_context = true, or with grant.via: cdi.",
          NotRootAndFails},
    Cause{"container-crashes", "A container with an accelerator ends again and again.",
          "`kubectl logs POD -c CONTAINER` (with `--previous`). If it may not open its device node on a machine with SELinux (avc: denied in the audit log): "
          "`setsebool -P container_use_devices on`.", Crashes},
    Cause{"claim-waits", "A pod waits for a claim of an accelerator.",
          "`kubectl get resourceslices` says what there is; `kubectl nacelle find QUERY` asks all nodes the same, `kubectl nacelle who` says who holds what.",
          ClaimWaits},
    Cause{"container-does-not-start", "A container with an accelerator is not started.",
          "`kubectl describe pod POD` says why in its events: a function that is gone or is another (delete the pod to give it another queue), or "
          "FailedPrepareDynamicResources (see whether the node's agent is ready, and its log).", CannotStart},
    Cause{"node-down", "A node with accelerators is not ready.", "See its kubelet; what is said of its functions is what was last known.", NodeIsDown},
};

}  // namespace

std::span<const Cause> PodCauses() { return kCauses; }

}  // namespace nacelle::kubectl
