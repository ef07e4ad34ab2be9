// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/model/inventory.h"

namespace nacelle {

// The NUMA nodes that the kubelet is told for a function: the nearest ones
// that have CPUs, sorted, at most four. Never a node without CPUs (HBM, CXL):
// the kubelet aligns CPUs with them. Empty when the locality is unknown, or
// when every node is as near. Several mean "any of these".
std::vector<int> NumaHint(const Inventory& inventory, const Function& function);

}  // namespace nacelle
