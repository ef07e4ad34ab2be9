// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/select/find.h"

namespace nacelle {

// Says what part of a query that has no answer nothing satisfies, and what
// would come closest: with fewer filters, fewer queues or a weaker relation.
Miss ExplainMiss(const Inventory& inventory, const Query& query, const FindOptions& options);

// The miss of a query that is near a place which the machine does not have, with
// the answer to the query without it. `message`: from Missing.
Miss MissOfPlace(const Inventory& inventory, const Query& query, const FindOptions& options, std::string message);

}  // namespace nacelle
