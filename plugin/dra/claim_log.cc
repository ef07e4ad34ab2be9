// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim_log.h"

#include "core/base/log.h"

namespace nacelle {
namespace {

// The kubelet may never come back to a claim whose pod is gone.
constexpr std::size_t kMaxClaims = 1024;
// A reason that tells a time, say, is another each time.
constexpr std::size_t kMaxReasons = 32;

}  // namespace

void ClaimLog::Note(const ClaimRef& claim, const Status& status) {
  if (status) return Forget(claim.uid);
  const auto& reason = status.error().message();
  {
    const std::lock_guard lock(mutex_);
    if (reasons_.size() >= kMaxClaims && !reasons_.contains(claim.uid)) reasons_.clear();
    auto& told = reasons_[claim.uid];
    if (told.size() >= kMaxReasons) told.clear();
    if (!told.insert(reason).second) return;
  }
  Log(kWarning, message_, {{"claim", Show(claim)}, {"uid", claim.uid}, {"reason", reason}});
}

void ClaimLog::Forget(const std::string& uid) {
  const std::lock_guard lock(mutex_);
  reasons_.erase(uid);
}

}  // namespace nacelle
