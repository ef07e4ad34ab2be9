// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/offer.h"

namespace nacelle {

// The text of the file that remembers how bundles are divided (tuples.json).
std::string WriteTupleRecord(const std::vector<SavedTuple>& tuples);

// kInvalid for anything that WriteTupleRecord did not write whole.
Result<std::vector<SavedTuple>> ReadTupleRecord(std::string_view text);

}  // namespace nacelle
