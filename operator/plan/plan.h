// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/crd/accelerator_policy.h"
#include "core/crd/node_accelerators.h"
#include "operator/plan/view.h"

namespace nacelle {

// What is to be written. What is as it should be is not in it.
struct Plan {
  std::map<std::string, crd::NodeSpec> specs;            // by node
  std::map<std::string, crd::PolicyStatus> statuses;     // by policy
  std::map<std::string, std::string> classes;            // DeviceClass specs as JSON, by name
  std::vector<std::string> classes_to_delete;
  std::map<std::string, std::map<std::string, std::string>> labels;  // all that are to be ours, by node

  bool operator==(const Plan&) const = default;
};

// Of the policies that select a node the oldest is in force there, of equals the
// first by name. Where another spec is wanted than a node has, it is written in
// stages: per policy, at most `max_unavailable_percent` of its nodes (at least
// one) have a spec that is not in force and ready yet; nodes that are not ready
// anyway come first and count nothing. So a policy that agents refuse, or under
// which they do not become ready, stops there; another generation goes on.
Plan MakePlan(const ClusterView& view);

}  // namespace nacelle
