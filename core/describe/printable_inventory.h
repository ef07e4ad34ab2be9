// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/inventory.h"

namespace nacelle {

// The same with all texts Printable: sysfs and recorded machines are not
// trusted with the terminal of who looks at them.
Inventory PrintableInventory(Inventory inventory);

}  // namespace nacelle
