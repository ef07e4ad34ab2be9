// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/rollout.h"

#include <algorithm>
#include <ctime>
#include <optional>
#include <utility>

namespace nacelle {
namespace {

// Agents are not ready for a moment when names change.
constexpr std::time_t kPatience = 60;

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

std::optional<std::time_t> TimeOf(const std::string& text) {
  std::tm utc{};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
  return end == nullptr ? std::nullopt : std::optional(timegm(&utc));
}

bool IsPast(const std::string& since, const std::string& now) {
  const auto begin = TimeOf(since);
  const auto end = TimeOf(now);
  return begin && end && *end - *begin >= kPatience;
}

// Whether a node that has the spec was well before, and is not since.
bool IsLost(const ClusterView& view, const std::string& name) {
  const auto& object = view.objects.at(name);
  if (object.unready_before) return false;
  if (IsDown(view, name)) return true;
  return object.observed >= object.generation && !object.ready && IsPast(object.ready_changed, view.now);
}

// Whether all of them have one spec: what was rolled out before has reached every node.
bool HasEnded(const ClusterView& view, const std::vector<std::string>& nodes) {
  return std::all_of(nodes.begin(), nodes.end(), [&](const std::string& name) {
    return view.objects.at(name).spec == view.objects.at(nodes.front()).spec;
  });
}

// Of a node that is not ready, whether that is older than what we do. Where the rollout
// before stopped on its way, those that it reached were well without it.
bool IsOlderTrouble(const ClusterView& view, const std::string& name, bool ended) {
  const auto& object = view.objects.at(name);
  return ended || object.unready_before || !object.spec.policy;
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
  const bool ended = HasEnded(view, rollout.nodes);
  auto unavailable = rollout.unavailable.size();
  for (const auto& name : rollout.outdated) {
    if (!IsUnready(view, name)) continue;
    if (IsOlderTrouble(view, name, ended)) rollout.unready.push_back(name);
    else ++unavailable;
  }
  for (const auto& name : rollout.outdated) {
    if (const auto refused = view.refused.find(name); refused != view.refused.end() && refused->second.wanted == rollout.wanted) {
      rollout.refused.push_back(name);
      continue;
    }
    const bool costs = !IsUnready(view, name);
    if (costs && unavailable >= budget) continue;
    if (costs) ++unavailable;
    rollout.next.push_back(name);
  }
  return rollout;
}

}  // namespace nacelle
