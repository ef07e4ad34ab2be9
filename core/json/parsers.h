// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "core/base/result.h"
#include "core/json/value.h"

namespace nacelle::json {

// What json::Parse asks. Where the first has an answer it is that of the second.

// The plain texts that most of the API server's answers are, several times as fast as the
// library: ASCII, whole numbers, no \u. Absent: it is another, or no JSON at all.
std::optional<Value> ParsePlain(std::string_view text);

// Any text.
Result<Value> ParseByLibrary(std::string_view text);

// Objects and arrays in one another.
inline constexpr std::size_t kMaxDepth = 64;

}  // namespace nacelle::json
