// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "agent/discovery/memory_facts.h"
#include "agent/discovery/stated_kinds.h"
#include "agent/topology/topology.h"
#include "core/model/inventory.h"

namespace nacelle {

// The nodes of `topology`, with distances as they lie there.
std::vector<NumaNode> BuildNumaNodes(const Topology& topology, const std::vector<MemoryFacts>& facts);

// A memory domain for each node that has memory, sorted by id. Its kind comes
// from the first of these that says something: `stated`; hwloc's name for it; CPUs on the
// node (dram); the kernel's memory tier or twice the bandwidth of the CPUs' own
// memory (hbm); a CXL region or a slower tier (cxl); else dram.
std::vector<MemoryDomain> BuildDomains(const Topology& topology, const std::vector<MemoryFacts>& facts,
                                       const std::vector<StatedKind>& stated = {});

}  // namespace nacelle
