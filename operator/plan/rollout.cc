// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/rollout.h"

#include <algorithm>
#include <utility>

namespace nacelle {
namespace {

// Whether the node's own trouble is older than what we do: it costs nothing.
bool IsDown(const ClusterView& view, const std::string& name) {
  const auto node = view.nodes.find(name);
  return node == view.nodes.end() || !node->second.ready;
}

bool HasTaken(const NodeObjectState& object) {
  return object.observed >= object.generation && object.ready && object.refusal.empty() && object.in_force == object.spec.policy;
}

std::size_t Budget(const ClusterView& view, std::size_t nodes) {
  return std::max<std::size_t>(1, nodes * static_cast<std::size_t>(view.max_unavailable_percent) / 100);
}

}  // namespace

Rollout MakeRollout(const ClusterView& view, crd::NodeSpec wanted, const std::vector<std::string>& nodes) {
  Rollout rollout;
  rollout.wanted = std::move(wanted);
  std::size_t unavailable = 0;
  for (const auto& name : nodes) {
    const auto found = view.objects.find(name);
    if (found == view.objects.end()) continue;
    rollout.nodes.push_back(name);
    const auto& object = found->second;
    if (!(object.spec == rollout.wanted)) {
      rollout.outdated.push_back(name);
    } else if (HasTaken(object)) {
      rollout.settled.push_back(name);
    } else {
      rollout.pending.push_back(name);
      if (!IsDown(view, name)) ++unavailable;
    }
  }
  const auto budget = Budget(view, rollout.nodes.size());
  for (const auto& name : rollout.outdated) {
    const bool costs = view.objects.at(name).ready && !IsDown(view, name);
    if (costs && unavailable >= budget) continue;
    if (costs) ++unavailable;
    rollout.next.push_back(name);
  }
  return rollout;
}

}  // namespace nacelle
