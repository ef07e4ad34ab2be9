// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/retention.h"

#include <algorithm>
#include <utility>

namespace nacelle {

bool IsNamed(const Grant& grant, const std::vector<Holding>& holdings) {
  return std::any_of(holdings.begin(), holdings.end(), [&](const Holding& holding) {
    return holding.resource == grant.resource &&
           std::binary_search(grant.devices.begin(), grant.devices.end(), holding.device);
  });
}

bool MayBeInUse(const Grant& grant, const std::vector<Holding>* holdings, const std::string& boot_id) {
  if (holdings == nullptr || IsNamed(grant, *holdings)) return true;
  return !grant.idle && (grant.listed || grant.boot_id == boot_id);
}

bool MayHaveStarted(const Grant& grant) { return grant.started || grant.listed; }

Retention::Decision Retention::Step(const std::vector<Grant>& grants,
                                    const std::vector<Holding>& holdings, TimePoint asked) {
  Decision decision;
  std::map<std::uint64_t, TimePoint> missed;
  for (const auto& grant : grants) {
    if (IsNamed(grant, holdings)) {
      if (!grant.listed) decision.newly_listed.push_back(grant);
      continue;
    }
    if (grant.idle) continue;
    const auto earlier = missed_since_.find(grant.serial);
    const auto since = earlier == missed_since_.end() ? asked : earlier->second;
    missed[grant.serial] = since;
    if (asked - since < (grant.listed ? apart_ : unlisted_)) continue;
    (grant.listed ? decision.ended : decision.idle).push_back(grant);
  }
  missed_since_ = std::move(missed);
  return decision;
}

}  // namespace nacelle
