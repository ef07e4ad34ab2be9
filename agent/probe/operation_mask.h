// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string_view>

#include "core/base/result.h"

namespace nacelle {

// The set bits of IDXD's op_cap and op_config: since 6.3 a bitmap of 32-bit
// words in hex, the highest first ("00000000,…,0000000d"); before, four
// 64-bit words, the lowest first ("0x1f000d 0 0 0"). kInvalid for anything else.
Result<std::set<int>> ParseOperationMask(std::string_view text);

}  // namespace nacelle
