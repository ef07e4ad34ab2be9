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

Retention::Missed Retention::Follow(const Grant& grant, TimePoint asked, bool on_record) const {
  const auto earlier = missed_.find(grant.serial);
  if (earlier == missed_.end()) return {asked, on_record, grant.idle};
  if (earlier->second.on_record == on_record) return earlier->second;
  return {asked, on_record, true};
}

// What never was on record may be an Allocate that is under way, with another plugin's to follow.
void Retention::Judge(const Grant& grant, TimePoint asked, const Missed& missed, Decision& decision) const {
  const bool soon = grant.listed || (!missed.on_record && missed.was_on_record);
  if (asked - missed.since < (soon ? apart_ : unlisted_)) return;
  if (grant.listed || !missed.on_record) decision.ended.push_back(grant);
  else if (!grant.idle) decision.idle.push_back(grant);
}

Retention::Decision Retention::Step(const std::vector<Grant>& grants, const std::vector<Holding>& holdings, TimePoint asked,
                                    const std::vector<Holding>* allocated) {
  Decision decision;
  std::map<std::uint64_t, Missed> missed;
  for (const auto& grant : grants) {
    if (IsNamed(grant, holdings)) {
      if (!grant.listed) decision.newly_listed.push_back(grant);
      continue;
    }
    const bool on_record = grant.listed || allocated == nullptr || IsNamed(grant, *allocated);
    const auto& now = missed[grant.serial] = Follow(grant, asked, on_record);
    Judge(grant, asked, now, decision);
  }
  missed_ = std::move(missed);
  return decision;
}

}  // namespace nacelle
