// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/node_events.h"

namespace nacelle {
namespace {

std::string PolicyOf(const NodeObjectState& object) { return object.spec.policy ? "policy " + object.spec.policy->name : "the policy"; }

void AddPolicy(const NodeObjectState& before, const NodeObjectState& after, std::vector<Event>& events) {
  if (!after.refusal.empty() && after.refusal != before.refusal) {
    events.push_back({true, "PolicyRefused", (PolicyOf(after) + ": " + after.refusal).substr(0, kLongestNote)});
  }
}

void AddHealth(const std::string& node, const NodeObjectState& before, const NodeObjectState& after, std::vector<Event>& events) {
  const auto all = std::to_string(after.functions);
  if (after.unhealthy > before.unhealthy) {
    events.push_back({true, "FunctionsUnhealthy",
                      std::to_string(after.unhealthy) + " of " + all + " functions cannot be used; see kubectl nacelle functions " + node});
  }
  if (after.unhealthy == 0 && before.unhealthy > 0) events.push_back({false, "FunctionsWell", "all of " + all + " functions can be used again"});
}

}  // namespace

std::vector<Event> EventsBetween(const std::string& node, const NodeObjectState& before, const NodeObjectState& after) {
  std::vector<Event> events;
  AddPolicy(before, after, events);
  AddHealth(node, before, after, events);
  return events;
}

}  // namespace nacelle
