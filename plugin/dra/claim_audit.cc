// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim_audit.h"

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "core/kube/back_off.h"

namespace nacelle {
namespace {

// It is nobody's call, so only the disk limits it.
constexpr std::chrono::hours kNoLimit{1};
// The kubelet answers from its memory.
constexpr std::chrono::seconds kListLimit{10};

bool Has(const PreparedClaim& claim, const ClaimedDevice& one) {
  if (one.name_space != claim.ref.name_space || one.claim != claim.ref.name) return false;
  return std::ranges::any_of(claim.devices, [&](const PreparedDevice& device) {
    return device.allocated.device == one.device && device.allocated.share_id == one.share_id;
  });
}

}  // namespace

Status ClaimAudit::Run(const std::stop_token& stop) {
  BackOff back_off(parts_.gap, parts_.period);
  while (!stop.stop_requested()) {
    const bool answered = Look(stop);
    if (!answered) {
      // Nobody knows whether it was used meanwhile.
      for (auto& [uid, gone] : gone_) gone.unused_since.reset();
      Pause(back_off.Next(), stop);
      continue;
    }
    if (gone_.empty()) back_off.Reset();
    Pause(parts_.gap, stop);
    WaitForWake(gone_.empty() ? parts_.period : back_off.Next(), stop);
  }
  return {};
}

void ClaimAudit::WaitForWake(std::chrono::milliseconds longest, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, stop, longest, [this] { return wake_; });
  wake_ = false;
}

void ClaimAudit::Wake() {
  const std::lock_guard lock(mutex_);
  wake_ = true;
  woken_.notify_one();
}

bool ClaimAudit::Look(const std::stop_token& stop) {
  std::optional<Claimed> claimed;  // asked for when a claim is gone
  const auto claims = parts_.store.All();
  std::erase_if(gone_, [&](const auto& entry) {
    return std::ranges::none_of(claims, [&](const PreparedClaim& claim) { return claim.ref.uid == entry.first; });
  });
  for (const auto& claim : claims) {
    const auto is_gone = parts_.reader.IsGone(claim.ref, stop);
    if (!is_gone) return false;  // what fails for one does for all
    if (!*is_gone) continue;
    if (!claimed) {
      auto listed = parts_.pods.ListClaimed(std::string(kDraDriver), kListLimit, stop);
      if (!listed) return false;
      claimed = *std::move(listed);
    }
    auto gone = Judge(claim, *claimed, stop);
    if (!gone) return false;
    if (*gone) {
      gone_[claim.ref.uid] = **gone;
    } else {
      gone_.erase(claim.ref.uid);
    }
  }
  return true;
}

Result<std::optional<ClaimAudit::Gone>> ClaimAudit::Judge(const PreparedClaim& claim, const Claimed& claimed,
                                                          const std::stop_token& stop) const {
  const auto user = FindUser(claim, claimed, stop);
  if (!user) return user.error();
  const auto before = gone_.find(claim.ref.uid);
  Gone gone = before == gone_.end() ? Gone() : before->second;
  if (*user) {
    if (!gone.told) {
      Log(kWarning, "a prepared claim is gone, but a pod uses it; what it holds stays held",
          {{"claim", Show(claim.ref)}, {"uid", claim.ref.uid}, {"pod", **user}});
    }
    return std::optional(Gone{std::nullopt, true});
  }
  const auto now = std::chrono::steady_clock::now();
  if (!gone.unused_since) gone.unused_since = now;
  if (now - *gone.unused_since < parts_.unused) return std::optional(gone);
  if (auto status = parts_.preparer.Unprepare(claim.ref.uid, kNoLimit, stop); !status) return std::move(status).error();
  Log(kWarning, "a prepared claim is gone, and no pod uses it; what it held is free",
      {{"claim", Show(claim.ref)}, {"uid", claim.ref.uid}});
  return std::optional<Gone>();
}

// The kubelet leaves out what init containers have, and finds claims by the names
// that the pod's object has now; before 1.34 it names none. A pod's object may be
// gone before its containers.
Result<std::optional<std::string>> ClaimAudit::FindUser(const PreparedClaim& claim, const Claimed& claimed,
                                                        const std::stop_token& stop) const {
  const auto named = std::ranges::find_if(claimed, [&](const ClaimedDevice& one) { return Has(claim, one); });
  if (named != claimed.end()) return std::optional(named->pod);
  for (const auto& pod : claim.pods) {
    const auto there = parts_.reader.IsThere(claim.ref.name_space, pod, stop);
    if (!there) return there.error();
    if (*there) return std::optional(pod.name);
  }
  return std::optional<std::string>();
}

}  // namespace nacelle
