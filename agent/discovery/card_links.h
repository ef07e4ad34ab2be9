// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "agent/discovery/card_facts.h"
#include "core/model/inventory.h"

namespace nacelle {

// The memory domains of cards, sorted by id: "hbm-card-0000-19-00".
std::vector<MemoryDomain> BuildCardDomains(const std::vector<CardFacts>& cards);

// Links between functions of a card that passes results between them, one each
// way, and from a function with several queues to itself; sorted.
std::vector<Link> BuildCardLinks(const SharedList<Function>& functions, const std::vector<CardFacts>& cards);

}  // namespace nacelle
