// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/model/offer.h"
#include "plugin/grant/grant.h"

namespace nacelle {

// Decides which grants have ended. There is no Deallocate; PodResources tells
// who holds what, but leaves out ordinary init containers and pods in
// admission. So a grant ends when one of its devices was listed once and
// then none of them in two Lists that are `apart` from each other. One of which
// none was ever listed in all of `unlisted`, as of an init container or a pod of
// seconds, becomes idle: see Grant::idle. An idle one ends when the kubelet had it on
// record and two readings that are `apart` do not have it. One that is not idle
// the record never ends: an older record, or a new one after somebody has removed it, does
// not have what runs. Pure but for when it first missed a grant.
class Retention {
 public:
  Retention(std::chrono::milliseconds apart, std::chrono::milliseconds unlisted)
      : apart_(apart), unlisted_(unlisted) {}

  struct Decision {
    std::vector<Grant> newly_listed;  // to be recorded as such
    std::vector<Grant> ended;         // to be removed
    std::vector<Grant> idle;          // to be recorded as such
  };
  // `holdings`, sorted, answer a List of moment `asked`. `allocated`: what the kubelet
  // has on record; null while that is not known.
  Decision Step(const std::vector<Grant>& grants, const std::vector<Holding>& holdings, TimePoint asked,
                const std::vector<Holding>* allocated);

 private:
  // A grant that PodResources does not name.
  struct Missed {
    TimePoint since;
    bool idle;
    bool was_on_record;  // once; or it was idle when it was first missed
    std::optional<TimePoint> off_record_since = {};  // in all readings from then on
  };

  Missed Follow(const Grant& grant, TimePoint asked, const std::vector<Holding>* allocated) const;
  void Judge(const Grant& grant, TimePoint asked, const Missed& missed, Decision& decision) const;

  const std::chrono::milliseconds apart_;
  const std::chrono::milliseconds unlisted_;
  std::map<std::uint64_t, Missed> missed_;  // by serial
};

// Whether any device of the grant is held by anybody.
bool IsNamed(const Grant& grant, const std::vector<Holding>& holdings);

// Whether a container may still have what was granted: PodResources has named its
// holder, and Retention has not ended it; or it was granted in this boot, and has not
// become idle. `holdings`: see WhoMayHold; null while the kubelet has not answered.
bool MayBeInUse(const Grant& grant, const std::vector<Holding>* holdings, const std::string& boot_id);

// Whether a container may have been started with the grant. PreStartContainer has it on
// record before it allows the start; but of what the agent before this one has granted it may have
// allowed the start after this one had read the record, and an init container is never named.
bool MayHaveStarted(const Grant& grant);

}  // namespace nacelle
