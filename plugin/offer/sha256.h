// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace nacelle {

// The SHA-256 of a text, in 64 hex digits.
std::string Sha256Hex(std::string_view text);

}  // namespace nacelle
