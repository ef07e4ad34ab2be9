// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/crd/accelerator_policy.h"
#include "core/crd/node_accelerators.h"
#include "operator/plan/view.h"

namespace nacelle {

// What is to be written. What is as it should be is not in it.
struct Plan {
  std::map<std::string, crd::NodeSpec> specs;            // by node
  std::set<std::string> unready;                         // of these nodes, those that are not ready before it is written
  std::set<std::string> no_claims;                       // the same, for claims only
  std::map<std::string, crd::PolicyStatus> statuses;     // by policy
  std::map<std::string, std::string> classes;            // DeviceClass specs as JSON, by name; those without an owner are to get one
  std::vector<std::string> classes_to_delete;
  std::map<std::string, std::map<std::string, std::string>> labels;  // all that are to be ours, by node

  bool operator==(const Plan&) const = default;
};

// Of the policies that select a node the oldest is in force there, of equals the
// first by name. Where another spec is wanted than a node has, it is written in
// stages: per policy, at most `max_unavailable_percent` of its nodes (at least
// one) have a spec that is not in force and ready yet. Nodes that are not ready anyway
// come along and count nothing, until they are ready or refuse it. So a policy that
// agents refuse, or that takes nodes down, stops there; another generation goes on.
Plan MakePlan(const ClusterView& view);

}  // namespace nacelle
