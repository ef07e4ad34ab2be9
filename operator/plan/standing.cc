// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/standing.h"

#include <algorithm>
#include <chrono>

#include "operator/plan/patience.h"

namespace nacelle {
namespace {

// What a spec breaks shows within that time of the agent being ready with it.
constexpr std::chrono::minutes kProvenAfter{10};

}  // namespace

bool IsInForce(const NodeObjectState& object) {
  return object.observed >= object.generation && object.refusal.empty() && object.in_force == object.spec.policy;
}

bool HasTaken(const NodeObjectState& object) { return IsInForce(object) && object.ready; }

NodeObjectState Continue(const NodeObjectState& before, NodeObjectState state, const std::string& now) {
  const bool known = !before.uid.empty() && before.uid == state.uid;
  // A condition's time stays where only its reason changes.
  if (known && !before.ready && !state.ready) {
    state.ready_changed = before.no_claims == state.no_claims ? std::max(before.ready_changed, state.ready_changed) : now;
  }
  const bool same_spec = known && before.generation == state.generation;
  if (HasTaken(state)) state.well_since = same_spec && !before.well_since.empty() ? before.well_since : now;
  else if (same_spec && !state.ready) state.ill_later = before.ill_later || HasLasted(before.well_since, now, kProvenAfter);
  return state;
}

}  // namespace nacelle
