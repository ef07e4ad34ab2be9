// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/crd/condition.h"
#include "core/json/value.h"

namespace nacelle::crd {

inline constexpr std::string_view kGroup = "nacelle.dev";
inline constexpr std::string_view kVersion = "v1alpha1";
inline constexpr std::string_view kApiVersion = "nacelle.dev/v1alpha1";
inline constexpr std::string_view kPolicies = "/apis/nacelle.dev/v1alpha1/acceleratorpolicies";

// What of an object's metadata is of use to us.
struct ObjectMeta {
  std::string name;
  std::string uid;
  std::string resource_version;
  std::int64_t generation = 0;
  std::string created;  // RFC 3339, which sorts as text
  bool deleting = false;

  bool operator==(const ObjectMeta&) const = default;
};
ObjectMeta ReadMeta(const json::Value& object);

// Queues that go under a name of the policy's.
struct OfferSpec {
  using Described = OfferSpec;
  std::string name;
  std::string find;
  std::int64_t shares_per_queue = 1;
  std::string through = "devicePlugin";

  bool operator==(const OfferSpec&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

struct RequireSpec {
  using Described = RequireSpec;
  std::string memory_access = "any";

  bool operator==(const RequireSpec&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

struct GrantSpec {
  using Described = GrantSpec;
  std::string via = "devices";
  bool mask_sysfs = true;

  bool operator==(const GrantSpec&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

struct RescanSpec {
  using Described = RescanSpec;
  std::string debounce = "5ms";
  std::string fpga = "1s";
  std::string all = "30s";

  bool operator==(const RescanSpec&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

// What a policy says to the agent of a node. Texts are checked by the API
// server; core/config has the last word.
struct PolicyRules {
  using Described = PolicyRules;
  std::vector<OfferSpec> offers;
  std::string rest = "default";
  RequireSpec require;
  GrantSpec grant;
  RescanSpec rescan;

  bool operator==(const PolicyRules&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

// As metav1.LabelSelectorRequirement.
struct SelectorTerm {
  using Described = SelectorTerm;
  std::string key;
  std::string op;
  std::vector<std::string> values;

  bool operator==(const SelectorTerm&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

// As metav1.LabelSelector: all of it must hold; an empty one selects every node.
struct NodeSelector {
  using Described = NodeSelector;
  std::map<std::string, std::string> match_labels;
  std::vector<SelectorTerm> match_expressions;

  bool operator==(const NodeSelector&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

// Whether a node with these labels is selected.
bool Selects(const NodeSelector& selector, const std::map<std::string, std::string>& labels);

struct PolicySpec {
  using Described = PolicySpec;
  NodeSelector node_selector;
  PolicyRules rules;

  bool operator==(const PolicySpec&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

struct PolicyNodes {
  using Described = PolicyNodes;
  std::int64_t selected = 0;
  std::int64_t ready = 0;
  std::int64_t out_of_date = 0;

  bool operator==(const PolicyNodes&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

struct PolicyStatus {
  using Described = PolicyStatus;
  std::int64_t observed_generation = 0;
  PolicyNodes nodes;
  std::vector<Condition> conditions;

  bool operator==(const PolicyStatus&) const = default;
  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self);
};

// A policy as an object of the cluster.
struct AcceleratorPolicy {
  ObjectMeta meta;
  PolicySpec spec;
  PolicyStatus status;

  bool operator==(const AcceleratorPolicy&) const = default;
};

// kInvalid names the field that is of another type. What is not known is ignored.
Result<AcceleratorPolicy> ReadAcceleratorPolicy(const json::Value& object);

json::Object WriteRules(const PolicyRules& rules);
json::Object WritePolicySpec(const PolicySpec& spec);
json::Object WritePolicyStatus(const PolicyStatus& status);

}  // namespace nacelle::crd
