// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "core/base/result.h"
#include "core/model/inventory.h"

namespace nacelle {

// Which machine a command reads, and with what knowledge.
struct MachineSource {
  std::string root;      // see MachineRoot
  std::string node;      // the machine's name
  std::string hardware;  // a file that goes over the built-in hardware.yaml; empty: none
};

// A machine, read once. The notes of its functions tell which queues are open now.
struct MachineView {
  Inventory inventory;
  std::map<int, int> numa_of_cpu;  // empty where the machine has no NUMA nodes
};
Result<MachineView> ReadMachine(const MachineSource& source);

}  // namespace nacelle
