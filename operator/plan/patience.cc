// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/patience.h"

#include <ctime>
#include <optional>

namespace nacelle {
namespace {

// Agents are not ready for a moment when names change.
constexpr std::time_t kPatience = 60;

std::optional<std::time_t> TimeOf(const std::string& text) {
  std::tm utc{};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
  return end == nullptr ? std::nullopt : std::optional(timegm(&utc));
}

}  // namespace

bool HasLasted(const std::string& since, const std::string& now) {
  const auto begin = TimeOf(since);
  const auto end = TimeOf(now);
  return begin && end && *end - *begin >= kPatience;
}

}  // namespace nacelle
