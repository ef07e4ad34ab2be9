// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/select/find.h"
#include "core/select/partition.h"

namespace nacelle {

// Whether a tuple that once answered `query` still does: all its queues are
// there, healthy and serve their wants, and the relation holds. Who holds them
// does not matter.
Health TupleHealth(const Inventory& inventory, const Query& query, const Tuple& tuple,
                   const std::map<int, int>& numa_of_cpu);

}  // namespace nacelle
