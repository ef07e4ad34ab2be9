// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/describe/inventory_table.h"
#include "core/model/inventory.h"

namespace nacelle {

// The machine as a tree: packages, NUMA nodes with their memory, below them the
// bridges and switches of PCI paths, the functions, their queues; and the links.
std::string FormatTree(const Inventory& inventory, Colour colour);

}  // namespace nacelle
