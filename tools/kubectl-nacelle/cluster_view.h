// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/crd/accelerator_policy.h"
#include "core/json/value.h"
#include "tools/kubectl-nacelle/node_view.h"

namespace nacelle::kubectl {

// As they are listed.
inline constexpr std::string_view kDeviceClasses = "deviceclasses.resource.k8s.io";
inline constexpr std::string_view kNodeAccelerators = "nodeaccelerators.nacelle.dev";
inline constexpr std::string_view kPods = "pods";
inline constexpr std::string_view kNodes = "nodes";

// What of a Node object matters here.
struct KubeNode {
  std::string name;
  bool ready = false;
  int kubelet_minor = 0;  // 1.N; 0: unknown
  std::string runtime;    // "containerd://2.4.2"
  std::map<std::string, std::int64_t> allocatable;  // of nacelle.dev/… only
  std::map<std::string, std::string> labels;

  bool operator==(const KubeNode&) const = default;
};

// A container that asks for an accelerator by its resource, or for any claim.
struct KubeContainer {
  std::string name;
  bool root = true;     // false: it, or its pod for it, says that it runs as another user
  bool failed = false;  // it has ended with a failure
  std::string waiting;  // why it does not run: "CrashLoopBackOff"
  bool by_resource = true;
  std::vector<std::string> claims = {};  // namespace/name

  bool operator==(const KubeContainer&) const = default;
};

// A pod that asks for an accelerator or for any claim, or one of ours that has not ended.
struct KubePod {
  std::string name;  // namespace/name
  std::string node;  // empty: not scheduled
  std::string phase;
  std::string reason;      // why it failed: "UnexpectedAdmissionError"
  std::string scheduling;  // why it is not scheduled
  std::optional<std::int64_t> unscheduled = {};  // since when the scheduler says so, in seconds since 1970
  std::optional<std::int64_t> bound = {};  // since when its kubelet has it, in seconds since 1970
  bool starting = false;             // on its node, which has no sandbox for it yet
  std::vector<std::string> waiting;  // reasons of its containers: "ErrImagePull"
  std::map<std::string, std::int64_t> wants;  // nacelle.dev/… resources, as the scheduler counts them
  std::vector<std::string> claims;            // namespace/name of its ResourceClaims
  std::vector<KubeContainer> containers;
  bool agent = false;
  bool of_operator = false;
  bool ready = false;

  bool operator==(const KubePod&) const = default;
};

// What of a ResourceClaim matters here.
struct KubeClaim {
  bool allocated = false;
  std::vector<std::string> classes;  // DeviceClasses that it asks for
  bool has_ours = false;             // it is allocated devices of our driver
  bool asks_ours = false;            // a selector of its own speaks of our driver

  bool operator==(const KubeClaim&) const = default;
};

// What the agents' DaemonSet is to do, and lacks.
struct AgentSet {
  std::map<std::string, std::string> labels;  // that a node has which is to have an agent
  std::int64_t missing = 0;                   // nodes that are to have one, and have none

  bool operator==(const AgentSet&) const = default;
};

struct ClusterView {
  bool custom_resources = true;  // whether the API server knows NodeAccelerators
  std::vector<NodeView> nodes;
  std::vector<KubeNode> kube_nodes;
  std::vector<KubePod> pods;  // only those of which KubePod speaks
  std::vector<crd::AcceleratorPolicy> policies;
  std::int64_t now = 0;  // seconds since 1970
  std::vector<std::string> refused;         // what could not be listed for want of the right
  std::map<std::string, KubeClaim> claims;  // by namespace/name
  std::set<std::string> classes;            // DeviceClasses of our driver
  std::set<std::string> all_classes;        // of every driver
  std::set<std::string> class_resources;    // that pods can ask for by one
  std::optional<AgentSet> agents;           // absent where that is not known
};

// Whether this person may not list them: then that there are none says nothing.
bool IsRefused(const ClusterView& view, std::string_view kind);

// How containers get their devices there: "devices", "cdi", "annotation".
std::string GrantVia(const NodeView& node);

std::vector<KubeNode> ReadKubeNodes(const json::Array& items);
std::vector<KubePod> ReadKubePods(const json::Array& items);

// Whether a node starts pods.
struct Fitness {
  std::string unfit;                // why it starts none now; empty: it does
  std::vector<std::string> taints;  // that a pod must tolerate: "key:NoSchedule"

  bool operator==(const Fitness&) const = default;
};

// What `kubectl get nodes` is asked for that, and what it then prints, by node.
inline constexpr std::string_view kFitnessColumns =
    "custom-columns=NAME:.metadata.name,READY:.status.conditions[?(@.type==\"Ready\")].status,CORDONED:.spec.unschedulable,"
    "KEYS:.spec.taints[*].key,EFFECTS:.spec.taints[*].effect";
std::map<std::string, Fitness> ReadFitness(std::string_view table);

std::map<std::string, KubeClaim> ReadKubeClaims(const json::Array& items);
std::set<std::string> ReadNames(const json::Array& items);
// Those whose selectors name our driver.
std::set<std::string> ReadOurClasses(const json::Array& items);
// The extended resources of DeviceClasses.
std::set<std::string> ReadClassResources(const json::Array& items);
// Of the agents' DaemonSets together; absent when there is none, or their controller has yet
// to look at one.
std::optional<AgentSet> ReadAgentSet(const json::Array& daemon_sets);

}  // namespace nacelle::kubectl
