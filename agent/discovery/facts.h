// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "agent/discovery/card_facts.h"
#include "agent/discovery/memory_facts.h"
#include "agent/discovery/peer_links.h"
#include "agent/discovery/stated_kinds.h"
#include "agent/probe/probe.h"
#include "agent/topology/topology.h"
#include "core/base/result.h"

namespace nacelle {

// The machine's memory, from hwloc and from sysfs.
struct MemoryView {
  Topology topology;
  std::vector<MemoryFacts> facts;
  std::vector<Problem> problems;

  bool operator==(const MemoryView&) const = default;
};

// What one probe answered.
struct FamilyFacts {
  std::string family;
  Result<Findings> findings;
};

// All that one scan read.
struct Facts {
  std::string node;  // the machine's name
  MemoryView memory;
  std::vector<FamilyFacts> families;
  SharedList<Function> unclaimed;  // known PCI functions that none of the families has
  std::vector<CardFacts> cards;  // by card
  std::vector<StatedKind> kinds;  // by node
  AcsFacts acs;
  std::vector<Problem> problems;  // of none of the families
};

}  // namespace nacelle
