// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/model/inventory.h"

namespace nacelle {

// Pairs of PCI functions whose paths meet in one device, or in a switch below a
// root port, and which no IOMMU tells apart: both in one group, or (assumed)
// both in none. One link each way, sorted.
std::vector<Link> BuildPeerLinks(const std::vector<Function>& functions);

}  // namespace nacelle
