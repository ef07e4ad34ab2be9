// SPDX-License-Identifier: Apache-2.0
// The fields of NodeAccelerators: the one place that names and explains them.
#pragma once

#include "core/crd/accelerator_policy_fields.h"
#include "core/crd/node_accelerators.h"

namespace nacelle::crd {

template <typename Visitor, typename Self>
void PolicyRef::Visit(Visitor& visit, Self& self) {
  visit(self.name, Field{.name = "name", .doc = "The AcceleratorPolicy.", .required = true, .max_length = 253});
  visit(self.generation, Field{.name = "generation", .doc = "Its metadata.generation.", .required = true, .least = 0});
  visit(self.uid, Field{.name = "uid", .doc = "Its metadata.uid: a policy made anew is another one.", .max_length = 64});
}

template <typename Visitor, typename Self>
void NodeSpec::Visit(Visitor& visit, Self& self) {
  visit(self.policy, Field{.name = "policy",
                           .doc = "Where the rest of the spec is from. Absent: no policy selects the node, and the agent "
                                  "takes that of its file, or offers every function by its interface's name."});
  PolicyRules::Visit(visit, self.rules);
}

template <typename Visitor, typename Self>
void NodeSummary::Visit(Visitor& visit, Self& self) {
  visit(self.functions, Field{.name = "functions", .doc = "Functions of the node.", .required = true, .least = 0});
  visit(self.unhealthy, Field{.name = "unhealthy", .doc = "Those that cannot be used now, or have a queue that cannot.", .required = true, .least = 0});
  visit(self.devices, Field{.name = "devices", .doc = "Devices that are offered.", .required = true, .least = 0});
  visit(self.held, Field{.name = "held", .doc = "Devices that containers hold.", .required = true, .least = 0});
  visit(self.problems, Field{.name = "problems", .doc = "What could not be read, or makes no sense.", .required = true, .least = 0});
}

template <typename Visitor, typename Self>
void NodeQueue::Visit(Visitor& visit, Self& self) {
  visit(self.id, Field{.name = "id", .doc = "The queue; the device id of its first share.", .required = true});
  visit(self.nodes, Field{.name = "nodes", .doc = "Its device nodes on the machine. None: no program can open it."});
  visit(self.instances, Field{.name = "instances", .doc = "The most programs that the driver lets open it at a time, where it says so.", .least = 0});
  visit(self.healthy, Field{.name = "healthy", .doc = "Whether it can be used now.", .required = true});
  visit(self.reason, Field{.name = "reason", .doc = "Why it cannot be used."});
}

template <typename Visitor, typename Self>
void NodeAffinity::Visit(Visitor& visit, Self& self) {
  visit(self.domain, Field{.name = "domain", .doc = "The memory domain.", .required = true});
  visit(self.distance, Field{.name = "distance", .doc = "As in ACPI's SLIT: 10 is local, 255 unknown.", .required = true, .least = 0});
  visit(self.latency_ns, Field{.name = "latencyNs", .doc = "Latency in nanoseconds, where the machine tells it.", .least = 0});
  visit(self.bandwidth_mbps, Field{.name = "bandwidthMbps", .doc = "Bandwidth in MB/s, where the machine tells it.", .least = 0});
}

template <typename Visitor, typename Self>
void NodeFunction::Visit(Visitor& visit, Self& self) {
  visit(self.id, Field{.name = "id", .doc = "The same over restarts and reboots.", .required = true});
  visit(self.family, Field{.name = "family", .doc = "The kernel's framework: uacce, idxd, qat, …", .required = true});
  visit(self.interface, Field{.name = "interface", .doc = "What a library programs: hisi_zip, dsa, …", .required = true});
  visit(self.api, Field{.name = "api", .doc = "The format of its queues."});
  visit(self.operations, Field{.name = "operations", .doc = "What it computes: zlib, sha256, memmove, …"});
  visit(self.access, Field{.name = "access", .doc = "How it reaches the caller's memory.", .required = true, .words = {"unknown", "none", "iommu", "sva"}});
  visit(self.access_note, Field{.name = "accessNote", .doc = "Why the access is not all that it seems."});
  visit(self.numa, Field{.name = "numa", .doc = "The NUMA node that it is at, when it is known.", .least = 0});
  visit(self.card, Field{.name = "card", .doc = "What it shares a board with."});
  visit(self.path, Field{.name = "path", .doc = "Where it is below /sys/devices."});
  visit(self.driver, Field{.name = "driver", .doc = "The kernel's driver."});
  visit(self.healthy, Field{.name = "healthy", .doc = "Whether it can be used now.", .required = true});
  visit(self.reason, Field{.name = "reason", .doc = "Why it cannot be used."});
  visit(self.queues, Field{.name = "queues", .doc = "Where work is submitted. None: it is shown, and no program can have it."});
  visit(self.affinities, Field{.name = "affinities", .doc = "How it lies to each memory domain, nearest first."});
}

template <typename Visitor, typename Self>
void NodeNuma::Visit(Visitor& visit, Self& self) {
  visit(self.id, Field{.name = "id", .doc = "The kernel's number of the node.", .required = true, .least = 0});
  visit(self.has_cpus, Field{.name = "hasCPUs", .doc = "Whether it has CPUs.", .required = true});
  visit(self.distances, Field{.name = "distances", .doc = "SLIT distance to each of numaNodes, in their order."});
  visit(self.package, Field{.name = "package", .doc = "The socket of its CPUs.", .least = 0});
}

template <typename Visitor, typename Self>
void NodeDomain::Visit(Visitor& visit, Self& self) {
  visit(self.id, Field{.name = "id", .doc = "dram-0, hbm-2, …", .required = true});
  visit(self.kind, Field{.name = "kind", .doc = "What the memory is made of.", .required = true, .words = {"dram", "hbm", "cxl", "nvm"}});
  visit(self.numa, Field{.name = "numa", .doc = "The NUMA node whose memory it is; absent for a card's.", .least = 0});
  visit(self.capacity_bytes, Field{.name = "capacityBytes", .doc = "Its size in bytes, when it is known.", .least = 0});
  visit(self.local_nodes, Field{.name = "localNodes", .doc = "The NUMA nodes with CPUs that are nearest to it."});
  visit(self.card, Field{.name = "card", .doc = "The card whose own memory it is."});
}

template <typename Visitor, typename Self>
void NodeLink::Visit(Visitor& visit, Self& self) {
  visit(self.from, Field{.name = "from", .doc = "The function that data comes from.", .required = true});
  visit(self.to, Field{.name = "to", .doc = "The function that data goes to.", .required = true});
  visit(self.strength, Field{.name = "strength", .doc = "By which way it passes without the CPU.", .required = true, .words = {"on-card", "peer-to-peer", "shared-address"}});
  visit(self.assumed, Field{.name = "assumed", .doc = "Nothing says that the way is open; only nothing says that it is closed."});
}

template <typename Visitor, typename Self>
void NodeDevice::Visit(Visitor& visit, Self& self) {
  visit(self.id, Field{.name = "id", .doc = "The queue or, of a bundle, the set of queues; the device id of its first share.", .required = true});
  visit(self.queues, Field{.name = "queues", .doc = "Of a bundle, its queues in the order of the query; else absent."});
  visit(self.shares, Field{.name = "shares", .doc = "Among how many containers it is divided.", .required = true, .least = 0});
  visit(self.healthy, Field{.name = "healthy", .doc = "Whether it can be had now.", .required = true});
  visit(self.reason, Field{.name = "reason", .doc = "Why it cannot be had."});
}

template <typename Visitor, typename Self>
void NodeOffer::Visit(Visitor& visit, Self& self) {
  visit(self.resource, Field{.name = "resource", .doc = "nacelle.dev/<name>.", .required = true});
  visit(self.through, Field{.name = "through", .doc = "How pods ask for it.", .required = true, .words = {"devicePlugin", "dra"}});
  visit(self.devices, Field{.name = "devices", .doc = "Devices of it; 0: nothing here answers its query.", .required = true, .least = 0});
  visit(self.healthy, Field{.name = "healthy", .doc = "Those that can be had or are in use without fault.", .required = true, .least = 0});
  visit(self.held, Field{.name = "held", .doc = "Those that containers hold.", .required = true, .least = 0});
  visit(self.free, Field{.name = "free", .doc = "Those of the healthy that nobody holds. Absent: none.", .least = 0});
  visit(self.members, Field{.name = "members", .doc = "What the devices are shares of."});
}

template <typename Visitor, typename Self>
void NodeHolding::Visit(Visitor& visit, Self& self) {
  visit(self.resource, Field{.name = "resource", .doc = "What was asked for.", .required = true});
  visit(self.device, Field{.name = "device", .doc = "The device that was given.", .required = true});
  visit(self.pod_namespace, Field{.name = "namespace", .doc = "The pod's namespace. Empty where a claim holds the device and the kubelet names no pod.", .required = true});
  visit(self.pod, Field{.name = "pod", .doc = "The pod; empty as the namespace.", .required = true});
  visit(self.container, Field{.name = "container", .doc = "The container; empty as the namespace.", .required = true});
}

template <typename Visitor, typename Self>
void NodeProblem::Visit(Visitor& visit, Self& self) {
  visit(self.object, Field{.name = "object", .doc = "What it is about: an id or a path.", .required = true});
  visit(self.message, Field{.name = "message", .doc = "What is the matter.", .required = true});
}

template <typename Visitor, typename Self>
void NodeStatus::Visit(Visitor& visit, Self& self) {
  visit(self.observed_generation, Field{.name = "observedGeneration", .doc = "The metadata.generation whose spec the agent has seen.", .least = 0});
  visit(self.policy, Field{.name = "policy", .doc = "The policy in force, when it came from the spec."});
  visit(self.grant_via, Field{.name = "grantVia", .doc = "How containers get their devices, as the policy in force says, wherever it came from.", .words = {"devices", "cdi", "annotation"}});
  visit(self.summary, Field{.name = "summary", .doc = "The status in figures."});
  visit(self.truncated, Field{.name = "truncated", .doc = "What was left out because an object has a largest size. Absent: nothing."});
  visit(self.functions, Field{.name = "functions", .doc = "What executes work on this node."});
  visit(self.numa_nodes, Field{.name = "numaNodes", .doc = "NUMA nodes, with their distances."});
  visit(self.domains, Field{.name = "domains", .doc = "Memory domains: NUMA nodes' memory, and cards' own."});
  visit(self.links, Field{.name = "links", .doc = "Functions between which data passes without the CPU. Any two with access sva are linked by shared-address besides."});
  visit(self.offers, Field{.name = "offers", .doc = "Which devices go by which name, with their counts."});
  visit(self.holdings, Field{.name = "holdings", .doc = "Who holds which device."});
  visit(self.hidden, Field{.name = "hidden", .doc = "Functions that the policy keeps back, and why."});
  visit(self.problems, Field{.name = "problems", .doc = "What could not be read, or makes no sense."});
  visit(self.conditions, Field{.name = "conditions",
                               .doc = "Ready: the kubelet was told of every offer. PolicyAccepted: the spec's policy is in force; "
                                      "else the message says what is wrong with it.",
                               .max_items = 16,
                               .list_key = "type"});
}

}  // namespace nacelle::crd
