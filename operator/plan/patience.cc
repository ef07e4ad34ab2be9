// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/patience.h"

#include <ctime>

#include "core/crd/time_text.h"

namespace nacelle {
namespace {

// Agents are not ready for a moment when names change.
constexpr std::time_t kPatience = 60;

}  // namespace

bool HasLasted(const std::string& since, const std::string& now) {
  const auto begin = crd::ParseTime(since);
  const auto end = crd::ParseTime(now);
  return begin && end && *end - *begin >= kPatience;
}

}  // namespace nacelle
