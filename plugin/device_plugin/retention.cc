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

bool MayHaveStarted(const Grant& grant) { return grant.started || grant.listed || grant.inherited; }

Retention::Missed Retention::Follow(const Grant& grant, TimePoint asked, const std::vector<Holding>* allocated) const {
  const auto earlier = missed_.find(grant.serial);
  auto missed = earlier == missed_.end() ? Missed{asked, grant.idle, grant.idle} : earlier->second;
  if (missed.idle && !grant.idle) missed.since = asked;  // its container starts again
  missed.idle = grant.idle;
  const bool on_record = allocated != nullptr && IsNamed(grant, *allocated);
  missed.was_on_record |= on_record;
  if (allocated == nullptr || on_record) missed.off_record_since.reset();
  else if (!missed.off_record_since) missed.off_record_since = asked;
  return missed;
}

void Retention::Judge(const Grant& grant, TimePoint asked, const Missed& missed, Decision& decision) const {
  if (grant.listed) {
    if (asked - missed.since >= apart_) decision.ended.push_back(grant);
  } else if (!grant.idle) {
    if (asked - missed.since >= unlisted_) decision.idle.push_back(grant);
  } else if (missed.was_on_record && missed.off_record_since && asked - *missed.off_record_since >= apart_) {
    decision.ended.push_back(grant);
  }
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
    const auto& now = missed[grant.serial] = Follow(grant, asked, allocated);
    Judge(grant, asked, now, decision);
  }
  missed_ = std::move(missed);
  return decision;
}

}  // namespace nacelle
