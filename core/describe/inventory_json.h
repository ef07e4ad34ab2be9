// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "core/json/value.h"
#include "core/model/inventory.h"

namespace nacelle {

// A queue as every JSON of ours shows it: id and nodes.
json::Object DescribeQueue(const Queue& queue);

// A function as /run/nacelle/functions.json shows it: id, family, name, interface,
// api, operations, access, queues, numa, nearest (the affinities, nearest
// first). `queues` is the array to show.
json::Object DescribeFunction(const Inventory& inventory, const Function& function,
                              json::Array queues);

json::Object DescribeDomain(const MemoryDomain& domain);
json::Object DescribeLink(const Link& link);

// `nacelle-agent inspect -o json`: version, node, functions, domains, links,
// problems; functions with health, reason, path, vendor, device, driver, card
// and every domain's affinity besides, and offer where `offers`, by function,
// tells it.
json::Object DescribeInventory(const Inventory& inventory, const std::map<std::string, std::string>& offers = {});

}  // namespace nacelle
