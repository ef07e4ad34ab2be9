// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

namespace nacelle {

// How long agents may be not ready for no reason but that names change.
inline constexpr std::chrono::seconds kNamesChange{60};

// Whether what is so since a time is so for that long. Both are RFC 3339; false of what is
// no time.
bool HasLasted(const std::string& since, const std::string& now, std::chrono::seconds least = kNamesChange);

}  // namespace nacelle
