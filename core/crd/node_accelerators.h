// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/crd/accelerator_policy.h"
#include "core/crd/condition.h"
#include "core/json/value.h"

namespace nacelle::crd {

inline constexpr std::string_view kNodes = "/apis/nacelle.dev/v1alpha1/nodeaccelerators";
// The reason of the condition Ready where only claims cannot be made.
inline constexpr const char* kNoClaims = "NoClaims";

// Which policy something follows from.
struct PolicyRef {
  using Described = PolicyRef;
  std::string name;
  std::int64_t generation = 0;
  std::string uid;

  bool operator==(const PolicyRef&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

// What the operator wants of a node. Without `policy` the agent takes its
// file's, or offers every function by its interface's name.
struct NodeSpec {
  using Described = NodeSpec;
  std::optional<PolicyRef> policy;
  PolicyRules rules;

  bool operator==(const NodeSpec&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

struct NodeSummary {
  using Described = NodeSummary;
  std::int64_t functions = 0;
  std::int64_t unhealthy = 0;
  std::int64_t devices = 0;
  std::int64_t held = 0;
  std::int64_t problems = 0;

  bool operator==(const NodeSummary&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

struct NodeQueue {
  using Described = NodeQueue;
  std::string id;
  std::vector<std::string> nodes;
  std::optional<std::int64_t> instances;
  bool healthy = true;
  std::string reason;

  bool operator==(const NodeQueue&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

struct NodeAffinity {
  using Described = NodeAffinity;
  std::string domain;
  std::int64_t distance = 255;
  std::optional<std::int64_t> latency_ns;
  std::optional<std::int64_t> bandwidth_mbps;

  bool operator==(const NodeAffinity&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

struct NodeFunction {
  using Described = NodeFunction;
  std::string id;
  std::string family;
  std::string interface;
  std::string api;
  std::vector<std::string> operations;
  std::string access = "unknown";
  std::string access_note;
  std::optional<std::int64_t> numa;
  std::string card;
  std::string path;
  std::string driver;
  bool healthy = true;
  std::string reason;
  std::vector<NodeQueue> queues;
  std::vector<NodeAffinity> affinities;

  bool operator==(const NodeFunction&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

struct NodeNuma {
  using Described = NodeNuma;
  std::int64_t id = 0;
  bool has_cpus = false;
  std::vector<std::int64_t> distances;
  std::optional<std::int64_t> package;

  bool operator==(const NodeNuma&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

struct NodeDomain {
  using Described = NodeDomain;
  std::string id;
  std::string kind = "dram";
  std::optional<std::int64_t> numa;
  std::optional<std::int64_t> capacity_bytes;
  std::vector<std::int64_t> local_nodes;
  std::string card;

  bool operator==(const NodeDomain&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

struct NodeLink {
  using Described = NodeLink;
  std::string from;
  std::string to;
  std::string strength;
  bool assumed = false;

  bool operator==(const NodeLink&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

// One device of an offer.
struct NodeDevice {
  using Described = NodeDevice;
  std::string id;
  std::vector<std::string> queues;
  std::int64_t shares = 1;
  bool healthy = true;
  std::string reason;

  bool operator==(const NodeDevice&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

struct NodeOffer {
  using Described = NodeOffer;
  std::string resource;
  std::string through = "devicePlugin";
  std::int64_t devices = 0;
  std::int64_t healthy = 0;
  std::int64_t held = 0;
  std::int64_t free = 0;
  std::vector<NodeDevice> members;

  bool operator==(const NodeOffer&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

struct NodeHolding {
  using Described = NodeHolding;
  std::string resource;
  std::string device;
  std::string pod_namespace;
  std::string pod;
  std::string container;

  bool operator==(const NodeHolding&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

struct NodeProblem {
  using Described = NodeProblem;
  std::string object;
  std::string message;

  bool operator==(const NodeProblem&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

// What the agent says of its node. Every list is as the agent's own is sorted.
struct NodeStatus {
  using Described = NodeStatus;
  std::int64_t observed_generation = 0;
  std::optional<PolicyRef> policy;  // in force, when it came from spec
  std::string grant_via;            // of the policy in force, wherever it came from; empty: not said
  NodeSummary summary;
  std::string truncated;  // what was left out; empty: nothing
  std::vector<NodeFunction> functions;
  std::vector<NodeNuma> numa_nodes;
  std::vector<NodeDomain> domains;
  std::vector<NodeLink> links;
  std::vector<NodeOffer> offers;
  std::vector<NodeHolding> holdings;
  std::vector<NodeProblem> hidden;
  std::vector<NodeProblem> problems;
  std::vector<Condition> conditions;

  bool operator==(const NodeStatus&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

// The functions of one node: named as the node, owned by it.
struct NodeAccelerators {
  ObjectMeta meta;
  NodeSpec spec;
  NodeStatus status;

  bool operator==(const NodeAccelerators&) const = default;
};

// kInvalid names the field that is of another type. What is not known is ignored.
Result<NodeAccelerators> ReadNodeAccelerators(const json::Value& object);

json::Object WriteNodeSpec(const NodeSpec& spec);
json::Object WriteNodeStatus(const NodeStatus& status);

}  // namespace nacelle::crd
