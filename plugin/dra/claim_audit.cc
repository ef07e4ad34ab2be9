// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim_audit.h"

#include "core/base/log.h"
#include "core/kube/back_off.h"

namespace nacelle {
namespace {

// It is nobody's call, so only the disk limits it.
constexpr std::chrono::hours kNoLimit{1};

}  // namespace

Status ClaimAudit::Run(const std::stop_token& stop) {
  BackOff back_off(parts_.gap, parts_.period);
  while (!stop.stop_requested()) {
    const bool complete = Look(stop);
    if (complete) back_off.Reset();
    Pause(complete ? parts_.gap : back_off.Next(), stop);
    if (complete) WaitForWake(stop);
  }
  return {};
}

void ClaimAudit::WaitForWake(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, stop, parts_.period, [this] { return wake_; });
  wake_ = false;
}

void ClaimAudit::Wake() {
  const std::lock_guard lock(mutex_);
  wake_ = true;
  woken_.notify_one();
}

bool ClaimAudit::Look(const std::stop_token& stop) {
  for (const auto& claim : parts_.store.All()) {
    const auto gone = parts_.reader.IsGone(claim.ref, stop);
    if (!gone) return false;  // what fails for one does for all
    if (!*gone) continue;
    const auto status = parts_.preparer.Unprepare(claim.ref.uid, kNoLimit, stop);
    if (!status) return false;
    Log(kWarning, "a prepared claim is gone; what it held is free",
        {{"claim", Show(claim.ref)}, {"uid", claim.ref.uid}});
  }
  return true;
}

}  // namespace nacelle
