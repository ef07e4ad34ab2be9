// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace nacelle {

// Whether what is so since a time is older than what comes and goes when names change: a
// minute. Both are RFC 3339; false of what is no time.
bool HasLasted(const std::string& since, const std::string& now);

}  // namespace nacelle
