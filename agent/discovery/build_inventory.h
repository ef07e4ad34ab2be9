// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/discovery/facts.h"
#include "core/model/inventory.h"

namespace nacelle {

// Joins and sorts; decides nothing that depends on anything but its arguments.
// From `previous` (empty before the first scan) come the functions of families
// that could not be examined now, and the largest instances seen.
Inventory BuildInventory(const Facts& facts, const Inventory& previous);

}  // namespace nacelle
