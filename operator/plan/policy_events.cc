// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/policy_events.h"

#include <array>
#include <string_view>

namespace nacelle {
namespace {

struct Turn {
  std::string_view type;
  std::string_view status;
  bool warning;
};

constexpr std::array<Turn, 3> kTurns = {{{"Accepted", "False", true}, {"Degraded", "True", true}, {"Available", "True", false}}};

bool Holds(const crd::PolicyStatus& status, const Turn& turn) {
  const auto* condition = crd::FindCondition(status.conditions, turn.type);
  return condition != nullptr && condition->status == turn.status;
}

}  // namespace

std::vector<Event> EventsBetween(const crd::PolicyStatus& before, const crd::PolicyStatus& after) {
  std::vector<Event> events;
  for (const auto& turn : kTurns) {
    if (Holds(before, turn) || !Holds(after, turn)) continue;
    const auto& condition = *crd::FindCondition(after.conditions, turn.type);
    events.push_back({turn.warning, condition.reason, condition.message.substr(0, kLongestNote)});
  }
  return events;
}

}  // namespace nacelle
