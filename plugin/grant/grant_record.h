// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "plugin/grant/grant.h"

namespace nacelle {

// The text of a grant's record file.
std::string WriteGrantRecord(const Grant& grant);

// kInvalid for anything that WriteGrantRecord did not write whole: a record
// torn by a crash or a full disk counts as none. kConflict for one that a newer
// agent wrote.
Result<Grant> ReadGrantRecord(std::string_view text);

}  // namespace nacelle
