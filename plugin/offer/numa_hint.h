// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/model/inventory.h"

namespace nacelle {

// The NUMA nodes that the kubelet is told for a function: the nearest ones
// that have CPUs, sorted, at most four. Never a node without CPUs (HBM, CXL):
// the kubelet aligns CPUs with them. Empty when the locality is unknown, or
// when every node is as near. Several mean "any of these".
std::vector<int> NumaHint(const Inventory& inventory, const Function& function);

// The same for queues that are given out together: the nodes that are near to
// each of them, none when there are no such. A queue without a hint is as good
// anywhere.
std::vector<int> NumaHint(const Inventory& inventory, const std::vector<std::string>& queues);

}  // namespace nacelle
