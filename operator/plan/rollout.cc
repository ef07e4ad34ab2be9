// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/rollout.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "operator/plan/patience.h"
#include "operator/plan/standing.h"

namespace nacelle {
namespace {

bool IsDown(const ClusterView& view, const std::string& name) {
  const auto node = view.nodes.find(name);
  return node == view.nodes.end() || !node->second.ready;
}

// Its kubelet or its agent is not ready: another spec costs it nothing more, unless what
// goes by the device plugin can be had.
bool IsUnready(const ClusterView& view, const std::string& name) { return IsDown(view, name) || !view.objects.at(name).ready; }

// Claims cannot be made there, and could not before its spec was written.
bool StillHasNoClaims(const NodeObjectState& object) { return object.no_claims_before && object.no_claims; }

void AddOlder(const ClusterView& view, const std::string& name, Rollout& rollout) {
  const bool works = !IsDown(view, name) && view.objects.at(name).no_claims;
  (works ? rollout.no_claims : rollout.unready).insert(name);
}

std::size_t Budget(const ClusterView& view, std::size_t nodes) {
  return std::max<std::size_t>(1, nodes * static_cast<std::size_t>(view.max_unavailable_percent) / 100);
}

// Whether a node that has the spec was well before, and is not since.
bool IsLost(const ClusterView& view, const std::string& name) {
  const auto& object = view.objects.at(name);
  if (object.unready_before) return false;
  if (IsDown(view, name)) return true;
  if (StillHasNoClaims(object)) return false;
  return object.observed >= object.generation && !object.ready && HasLasted(object.ready_changed, view.now);
}

const UnwrittenSpec* UnwrittenOf(const ClusterView& view, const std::string& name) {
  const auto found = view.unwritten.find(name);
  return found == view.unwritten.end() ? nullptr : &found->second;
}

bool IsInDoubt(const ClusterView& view, const std::string& name) {
  const auto* tried = UnwrittenOf(view, name);
  return tried != nullptr && tried->in_doubt;
}

// Whether a node has the spec, or what could be written of it.
bool IsWritten(const ClusterView& view, const std::string& name, const crd::NodeSpec& wanted) {
  const auto& spec = view.objects.at(name).spec;
  if (spec == wanted || (wanted.policy && spec.policy == wanted.policy)) return true;
  const auto* tried = UnwrittenOf(view, name);
  return tried != nullptr && tried->but_for_a_field && tried->wanted == wanted;
}

bool IsOnItsWay(const ClusterView& view, const std::string& name, const crd::NodeSpec& wanted) {
  return IsInDoubt(view, name) || (IsWritten(view, name, wanted) && !HasTaken(view.objects.at(name)));
}

// Of the nodes that are not ready, those whose trouble is older than what we do: lost with
// the generation that all of the nodes had before whatever came since, for each policy on
// its own. Nodes that cannot be written stay behind, and say nothing of that.
class OlderTrouble {
 public:
  OlderTrouble(const ClusterView& view, const Rollout& rollout) : view_(view), rollout_(rollout) {
    for (const auto& name : rollout.outdated) {
      if (view.unwritten.contains(name)) continue;
      ++nodes_;
      if (const auto& policy = view.objects.at(name).spec.policy) Add(*policy);
    }
  }

  bool Has(const std::string& name) const {
    const auto& object = view_.objects.at(name);
    if (object.unready_before || StillHasNoClaims(object) || !object.spec.policy) return true;
    const auto found = by_uid_.find(object.spec.policy->uid);
    const auto had = found == by_uid_.end() ? 0 : found->second.nodes;
    // Its policy stopped on its way, and those that it reached were well without it.
    if (!HaveJustCome(nodes_ - had)) return HasTaken(object);
    return had == 0 || object.spec.policy->generation <= found->second.oldest;
  }

 private:
  struct Had {
    std::size_t nodes = 0;
    std::int64_t oldest = 0;  // generation
  };

  void Add(const crd::PolicyRef& policy) {
    auto& had = by_uid_[policy.uid];
    had.oldest = had.nodes == 0 ? policy.generation : std::min(had.oldest, policy.generation);
    ++had.nodes;
  }

  // Whether nodes without a policy that others have are so few.
  bool HaveJustCome(std::size_t without) const {
    const auto nodes = rollout_.nodes.size();
    return !rollout_.wanted.policy || without == 0 || (without <= Budget(view_, nodes) && 2 * without < nodes);
  }

  const ClusterView& view_;
  const Rollout& rollout_;
  std::size_t nodes_ = 0;  // that can be written
  std::map<std::string, Had> by_uid_;  // of these, by their policy
};

void AddPending(const ClusterView& view, const std::string& name, Rollout& rollout) {
  rollout.pending.push_back(name);
  const auto& object = view.objects.at(name);
  // Its own trouble, older than what we do or much later, costs nothing; that its agent
  // refuses the policy does.
  const bool own = object.unready_before || object.ill_later || (StillHasNoClaims(object) && IsInForce(object));
  if (own && IsUnready(view, name) && object.refusal.empty()) return AddOlder(view, name, rollout);
  if (StillHasNoClaims(object)) AddOlder(view, name, rollout);
  rollout.unavailable.push_back(name);
  if (IsLost(view, name)) rollout.lost.push_back(name);
}

// How many nodes are not there by what we do.
std::size_t CountUnavailable(const ClusterView& view, Rollout& rollout) {
  const OlderTrouble older(view, rollout);
  auto unavailable = rollout.unavailable.size();
  for (const auto& name : rollout.outdated) {
    if (!IsUnready(view, name)) continue;
    if (older.Has(name)) AddOlder(view, name, rollout);
    else ++unavailable;
  }
  return unavailable;
}

void AddNext(const ClusterView& view, std::size_t unavailable, Rollout& rollout) {
  const auto budget = Budget(view, rollout.nodes.size());
  for (const auto& name : rollout.nodes) {
    if (view.objects.at(name).spec == rollout.wanted && !IsInDoubt(view, name)) continue;
    if (const auto* tried = UnwrittenOf(view, name); tried != nullptr && tried->wanted == rollout.wanted) {
      rollout.unwritten.push_back(name);
      if (!tried->due) continue;
    }
    const bool pending = std::binary_search(rollout.pending.begin(), rollout.pending.end(), name);
    const bool costs = !pending && (!IsUnready(view, name) || rollout.no_claims.contains(name));
    if (costs && unavailable >= budget) continue;
    if (costs) ++unavailable;
    rollout.next.push_back(name);
  }
}

}  // namespace

Rollout MakeRollout(const ClusterView& view, crd::NodeSpec wanted, const std::vector<std::string>& nodes) {
  Rollout rollout;
  rollout.wanted = std::move(wanted);
  for (const auto& name : nodes) {
    const auto found = view.objects.find(name);
    if (found == view.objects.end()) continue;
    rollout.nodes.push_back(name);
    if (IsOnItsWay(view, name, rollout.wanted)) {
      AddPending(view, name, rollout);
    } else if (found->second.spec == rollout.wanted) {
      rollout.settled.push_back(name);
    } else {
      rollout.outdated.push_back(name);
    }
  }
  const auto unavailable = CountUnavailable(view, rollout);
  AddNext(view, unavailable, rollout);
  return rollout;
}

}  // namespace nacelle
