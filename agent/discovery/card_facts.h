// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "agent/host/host_root.h"
#include "core/model/hardware.h"
#include "core/model/inventory.h"

namespace nacelle {

// What is known of a card beyond what its functions say of themselves.
struct CardFacts {
  std::string card;                  // Function::card
  std::optional<CardMemory> memory;  // its own
  std::string memory_rule;           // who says so, for people
  // Ids of its functions between which results pass on the card, sorted.
  std::vector<std::string> chained;

  bool operator==(const CardFacts&) const = default;
};

// The cards of which something is known, by card. Their memory is in `table`; a
// size that its driver states (amdgpu's mem_info_vram_total,
// Documentation/gpu/amdgpu/driver-misc.rst) counts instead of the table's.
std::vector<CardFacts> ReadCardFacts(const HostRoot& host, const HardwareTable& table,
                                     const std::vector<const Function*>& functions, std::vector<Problem>& problems);

}  // namespace nacelle
