// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/crd/node_accelerators.h"
#include "core/model/inventory.h"

namespace nacelle::crd {

// Sets what of a status the inventory says: functions, numaNodes, domains,
// links, problems, and their figures in the summary.
void Describe(const Inventory& inventory, NodeStatus& status);

// The inventory that a status describes, as far as it does: what core/select
// asks for. The device nodes have their paths only.
Inventory InventoryOf(const NodeAccelerators& node);

}  // namespace nacelle::crd
