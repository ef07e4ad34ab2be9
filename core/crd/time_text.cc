// SPDX-License-Identifier: Apache-2.0
#include "core/crd/time_text.h"

namespace nacelle::crd {

std::string NowText() {
  const auto now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[sizeof("2026-01-01T00:00:00Z")];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

std::optional<std::time_t> ParseTime(const std::string& text) {
  std::tm utc{};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
  return end == nullptr ? std::nullopt : std::optional(timegm(&utc));
}

}  // namespace nacelle::crd
