// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/model/inventory.h"

namespace nacelle {

// Whether text is for a terminal that shows colours.
enum class Colour { kNo, kYes };

// One line a function, with a heading, operations and nodes shortened; below what
// the "*" stands for, what is wrong with functions, and problems.
std::string FormatTable(const Inventory& inventory, Colour colour);

// Why a function is not healthy, or how many of its queues are not and why the
// first is not; empty: all are.
std::string TroubleOf(const Function& function);

// "healthy", or "unhealthy" with TroubleOf, coloured where wanted.
std::string FormatHealth(const Function& function, Colour colour);

// "1.5 GiB": binary units, one decimal below ten.
std::string FormatBytes(std::uint64_t bytes);

}  // namespace nacelle
