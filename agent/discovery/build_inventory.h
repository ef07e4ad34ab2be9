// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/discovery/facts.h"
#include "agent/discovery/instance_memory.h"
#include "core/model/inventory.h"

namespace nacelle {

// Joins and sorts; decides nothing that depends on anything but its arguments.
// From `previous` (empty before the first scan) come the functions of families
// that could not be examined now, and the largest instances seen. Of the first
// look at a machine that others may use, `at_start` is what is known of these;
// without it, what is free is all that there is.
Inventory BuildInventory(const Facts& facts, const Inventory& previous, const InstanceMemory* at_start = nullptr);

}  // namespace nacelle
