// SPDX-License-Identifier: Apache-2.0
#include "core/crd/condition.h"

#include <algorithm>
#include <utility>

namespace nacelle::crd {

const Condition* FindCondition(const std::vector<Condition>& conditions, std::string_view type) {
  const auto it = std::find_if(conditions.begin(), conditions.end(), [&](const Condition& one) { return one.type == type; });
  return it == conditions.end() ? nullptr : &*it;
}

void SetCondition(std::vector<Condition>& conditions, Condition condition) {
  const auto it =
      std::find_if(conditions.begin(), conditions.end(), [&](const Condition& one) { return one.type == condition.type; });
  if (it == conditions.end()) return conditions.push_back(std::move(condition));
  if (it->status == condition.status) condition.last_transition_time = it->last_transition_time;
  *it = std::move(condition);
}

}  // namespace nacelle::crd
