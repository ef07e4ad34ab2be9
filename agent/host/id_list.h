// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace nacelle {

// The kernel's lists of CPUs and nodes, "0-2,8", as sorted numbers; an empty
// text is an empty list. kInvalid for anything else, and for numbers that no
// kernel gives (over 65535).
Result<std::vector<int>> ParseIdList(std::string_view text);

}  // namespace nacelle
