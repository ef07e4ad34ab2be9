// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nacelle {

// The first `digits` (at most 16) hex digits of a 64-bit FNV-1a hash: for
// names that must be short, not against anybody's intent.
std::string ShortHash(std::string_view text, std::size_t digits);

}  // namespace nacelle
