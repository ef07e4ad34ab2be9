// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/model/hardware.h"
#include "core/model/inventory.h"

namespace nacelle {

// What hardware.yaml says of the memory of a NUMA node.
struct StatedKind {
  int node = 0;
  MemoryKind kind = MemoryKind::kDram;
  std::string rule;  // who says so, for people

  bool operator==(const StatedKind&) const = default;
};

// Of each node at most one, sorted by node: that of the first row of `table` that fits.
std::vector<StatedKind> FindStatedKinds(const HardwareTable& table, const std::vector<const Function*>& functions);

}  // namespace nacelle
