// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/rollout.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "operator/plan/patience.h"

namespace nacelle {
namespace {

bool IsDown(const ClusterView& view, const std::string& name) {
  const auto node = view.nodes.find(name);
  return node == view.nodes.end() || !node->second.ready;
}

// Its kubelet or its agent is not ready: another spec costs it nothing more.
bool IsUnready(const ClusterView& view, const std::string& name) { return IsDown(view, name) || !view.objects.at(name).ready; }

bool HasTaken(const NodeObjectState& object) {
  return object.observed >= object.generation && object.ready && object.refusal.empty() && object.in_force == object.spec.policy;
}

std::size_t Budget(const ClusterView& view, std::size_t nodes) {
  return std::max<std::size_t>(1, nodes * static_cast<std::size_t>(view.max_unavailable_percent) / 100);
}

// Whether a node that has the spec was well before, and is not since.
bool IsLost(const ClusterView& view, const std::string& name) {
  const auto& object = view.objects.at(name);
  if (object.unready_before) return false;
  if (IsDown(view, name)) return true;
  return object.observed >= object.generation && !object.ready && HasLasted(object.ready_changed, view.now);
}

// The generation of one policy that all of the nodes had before whatever came since;
// absent where some have never had one of it.
std::optional<std::int64_t> SettledGeneration(const ClusterView& view, const std::vector<std::string>& outdated) {
  std::optional<crd::PolicyRef> first;
  for (const auto& name : outdated) {
    const auto& policy = view.objects.at(name).spec.policy;
    if (!policy || (first && policy->uid != first->uid)) return std::nullopt;
    if (!first || policy->generation < first->generation) first = policy;
  }
  return first ? std::optional(first->generation) : std::nullopt;
}

// Of a node that is not ready, whether that is older than what we do. Where the rollout
// before stopped on its way, those that it reached were well without it.
bool IsOlderTrouble(const ClusterView& view, const std::string& name, const std::optional<std::int64_t>& settled) {
  const auto& object = view.objects.at(name);
  return object.unready_before || !object.spec.policy || object.spec.policy->generation == settled;
}

void AddPending(const ClusterView& view, const std::string& name, Rollout& rollout) {
  rollout.pending.push_back(name);
  const auto& object = view.objects.at(name);
  // Its own trouble is older than what we do, and costs nothing; that its agent refuses the
  // policy does.
  if (object.unready_before && IsUnready(view, name) && object.refusal.empty()) return;
  rollout.unavailable.push_back(name);
  if (IsLost(view, name)) rollout.lost.push_back(name);
}

}  // namespace

Rollout MakeRollout(const ClusterView& view, crd::NodeSpec wanted, const std::vector<std::string>& nodes) {
  Rollout rollout;
  rollout.wanted = std::move(wanted);
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
      AddPending(view, name, rollout);
    }
  }
  const auto budget = Budget(view, rollout.nodes.size());
  const auto settled = SettledGeneration(view, rollout.outdated);
  auto unavailable = rollout.unavailable.size();
  for (const auto& name : rollout.outdated) {
    if (!IsUnready(view, name)) continue;
    if (IsOlderTrouble(view, name, settled)) rollout.unready.push_back(name);
    else ++unavailable;
  }
  for (const auto& name : rollout.outdated) {
    if (const auto tried = view.unwritten.find(name); tried != view.unwritten.end() && tried->second.wanted == rollout.wanted) {
      rollout.unwritten.push_back(name);
      if (!tried->second.due) continue;
    }
    const bool costs = !IsUnready(view, name);
    if (costs && unavailable >= budget) continue;
    if (costs) ++unavailable;
    rollout.next.push_back(name);
  }
  return rollout;
}

}  // namespace nacelle
