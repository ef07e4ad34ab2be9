// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/select/find.h"

namespace nacelle {

// As Find, but without looking for a miss.
FindResult FindAnswers(const Inventory& inventory, const Query& query, const FindOptions& options);

}  // namespace nacelle
