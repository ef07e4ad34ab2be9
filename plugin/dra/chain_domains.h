// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "core/model/inventory.h"

namespace nacelle {

// Disjoint sets of functions of which every pair can be chained both ways: by
// links on one card or from peer to peer. By function; a set is named by its
// first function. Functions without such a partner are in none. "Linked" is not
// transitive and an attribute has one value, so some pairs that `find` knows are
// in no set, but no pair in a set is not linked.
std::map<std::string, std::string> ChainDomains(const Inventory& inventory);

}  // namespace nacelle
