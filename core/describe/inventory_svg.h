// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "core/model/inventory.h"

namespace nacelle {

// How a function is offered, and who holds it, in words. Empty: not at all; nobody.
struct FunctionUse {
  std::string offered;  // "compression, 1 of 2 free"
  std::string held;     // "default/pod-1, default/pod-2"
};

// The machine as a picture (SVG 1.1): packages and NUMA nodes with their memory
// by kind, the switches of PCI, the functions coloured by family and health with
// their use, and the links between them, with a legend; all of a function for who
// points at it. Links by shared addresses are not drawn. Equal inventories and uses,
// which are by function, give equal bytes.
std::string FormatSvg(const Inventory& inventory, const std::map<std::string, FunctionUse>& uses = {});

}  // namespace nacelle
