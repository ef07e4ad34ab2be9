// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/model/inventory.h"

namespace nacelle {

// The machine as a picture (SVG 1.1): packages and NUMA nodes with their memory
// by kind, the switches of PCI, the functions coloured by family and health, and
// the links between them, with a legend. Links by shared addresses are not
// drawn. Equal inventories give equal bytes.
std::string FormatSvg(const Inventory& inventory);

}  // namespace nacelle
