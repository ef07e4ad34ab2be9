// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/inventory.h"

namespace nacelle {

// A machine as boxes in boxes: packages hold NUMA nodes, these hold memory and
// the root complexes of PCI, these hold ports and switches, and all of them
// functions. Points into the inventory.
struct MachineBlock {
  enum class Kind { kPackage, kNode, kBridge, kFunction };
  Kind kind = Kind::kPackage;
  std::string title;
  const Function* function = nullptr;           // of kFunction
  std::vector<const MemoryDomain*> memories{};  // of kNode; of a function: its card's own
  std::vector<MachineBlock> below{};
};

// The packages in the order of their numbers; nodes that are in none come last,
// one by one, and behind them "NUMA node unknown" for functions that are at
// none. A node without CPUs is in the package of the nodes that its memory is
// local to; where it has no functions, its memory is shown with that of the
// node, if it is only one.
std::vector<MachineBlock> BuildMachineBlocks(const Inventory& inventory);

// The names of the devices on the way to a function, from the root, without
// "/sys/devices"; the function's own is the last.
std::vector<std::string> DevicesOnPath(std::string_view path);

// What the `depth`-th of them is called: "PCI 0000:19", "root port 0000:19:01.0",
// "switch 0000:1a:00.0", "switch port 0000:1a:01.0".
std::string BridgeTitle(const std::vector<std::string>& devices, std::size_t depth);

}  // namespace nacelle
