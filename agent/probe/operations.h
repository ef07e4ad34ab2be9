// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/hardware.h"

namespace nacelle {

// What a driver's word for what its function computes is in the project's
// words: by the vocabulary of hardware.yaml; a word that is not in it is spelled
// in lower case with dashes for underscores. None when it can be no word of a
// query.
std::vector<std::string> OperationsOf(const HardwareTable& table, std::string_view vocabulary, std::string_view word);

// What a crypto card of s390 computes: by the mode that its type ("CEX7P") ends in.
std::vector<std::string> OperationsOfApCard(const HardwareTable& table, std::string_view type);

}  // namespace nacelle
