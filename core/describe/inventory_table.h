// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/model/inventory.h"

namespace nacelle {

// Whether text is for a terminal that shows colours.
enum class Colour { kNo, kYes };

// One line a function, with a heading; notes and problems below.
std::string FormatTable(const Inventory& inventory, Colour colour);

// "healthy", or the reason why a function or its first unhealthy queue is not,
// coloured where wanted.
std::string FormatHealth(const Function& function, Colour colour);

// "1.5 GiB": binary units, one decimal below ten.
std::string FormatBytes(std::uint64_t bytes);

}  // namespace nacelle
