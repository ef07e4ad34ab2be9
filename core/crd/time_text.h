// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ctime>
#include <optional>
#include <string>

namespace nacelle::crd {

// Times of objects, as metav1.Time has them: RFC 3339 in UTC, whole seconds.

// "2026-01-01T00:00:00Z".
std::string NowText();

// Seconds since 1970; absent of what is no such time.
std::optional<std::time_t> ParseTime(const std::string& text);

}  // namespace nacelle::crd
