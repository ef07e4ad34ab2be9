// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace nacelle {

// `text` on one line and without what a terminal would obey: control characters,
// those of C1 in UTF-8 as well, as "\x1b".
std::string Printable(std::string_view text);

// Whether it is so already.
bool IsPrintable(std::string_view text);

}  // namespace nacelle
