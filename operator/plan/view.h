// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/crd/accelerator_policy.h"
#include "core/crd/node_accelerators.h"

namespace nacelle {

// What a resource of the device plugin can still give on a node.
struct OfferState {
  std::string resource;
  std::int64_t free = 0;

  bool operator==(const OfferState&) const = default;
};

// What of a node's NodeAccelerators decides.
struct NodeObjectState {
  std::string uid;
  std::int64_t generation = 0;
  std::int64_t observed = 0;  // the generation that the agent has seen
  crd::NodeSpec spec;
  std::optional<crd::PolicyRef> in_force;
  bool ready = false;
  bool no_claims = false;     // it is not ready for claims only; what goes by the device plugin can be had
  std::string ready_changed;  // since when that is so, RFC 3339
  std::string well_since;     // since when we have seen it ready with its spec; empty: it is not
  bool ill_later = false;     // it is not ready, and we had seen it ready with its spec for long
  bool unready_before = false;  // it was not ready when its spec was written, as the object itself says
  bool no_claims_before = false;  // the same, and that for claims only
  std::string refusal;  // why the agent does not take the policy; empty: it does, or has not said
  std::vector<OfferState> offers;  // those that have a device there
  std::set<std::string> classes;   // the DeviceClasses of what its agent offers through dra
  std::int64_t functions = 0;
  std::int64_t unhealthy = 0;

  bool operator==(const NodeObjectState&) const = default;
};

struct NodeState {
  std::map<std::string, std::string> labels;
  bool ready = false;  // as its kubelet says
  std::string uid;
  std::map<std::string, std::string> ours;  // of the labels those that we have applied

  bool operator==(const NodeState&) const = default;
};

// A spec that could not be brought to a node's object as it is now, for example
// because a person has set one of its fields.
struct UnwrittenSpec {
  crd::NodeSpec wanted;
  std::string reason;
  bool due = false;  // to be tried again now
  bool but_for_a_field = false;  // the rest of it was written
  bool in_doubt = false;  // no answer came: a node that was well may have it all the same

  bool operator==(const UnwrittenSpec&) const = default;
};

// What one of our DeviceClasses says.
struct ClassState {
  std::string spec;    // as JSON
  bool owned = false;  // another object owns it, with which it goes

  bool operator==(const ClassState&) const = default;
};

// All of the cluster that the operator decides on.
struct ClusterView {
  std::string now;  // RFC 3339
  std::map<std::string, crd::AcceleratorPolicy> policies;
  std::map<std::string, NodeState> nodes;
  std::map<std::string, NodeObjectState> objects;  // by node
  std::map<std::string, UnwrittenSpec> unwritten;  // by node
  // Our DeviceClasses; absent: the cluster has none of the kind.
  std::optional<std::map<std::string, ClassState>> classes;
  std::map<std::string, std::string> refused_classes;  // why the API server refuses a class, by name
  int max_unavailable_percent = 10;
};

}  // namespace nacelle
