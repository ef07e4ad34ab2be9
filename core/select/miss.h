// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/select/find.h"

namespace nacelle {

// Says what part of a query that has no answer nothing satisfies, and what
// would come closest: with fewer filters, fewer queues or a weaker relation.
Miss ExplainMiss(const Inventory& inventory, const Query& query, const FindOptions& options);

}  // namespace nacelle
