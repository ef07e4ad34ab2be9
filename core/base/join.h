// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nacelle {

// The words with `between` between them; empty for none.
std::string Join(const std::vector<std::string>& words, std::string_view between);

}  // namespace nacelle
