// SPDX-License-Identifier: Apache-2.0
#include "core/base/failure_log.h"

#include "core/base/log.h"

namespace nacelle {
namespace {

constexpr std::size_t kMaxReasons = 32;

}  // namespace

void FailureLog::Note(const Status& status) {
  if (status) return reasons_.clear();
  const auto& reason = status.error().message();
  // Reasons that never repeat are all news.
  if (reasons_.size() >= kMaxReasons) reasons_.clear();
  if (reasons_.insert(reason).second) Log(kWarning, message_, {{"reason", reason}});
}

}  // namespace nacelle
