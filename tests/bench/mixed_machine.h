// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/host/machine_tree.h"

namespace nacelle {

// A server of two NUMA nodes with 1,024 functions: 400 uacce devices on PCI
// switches, 128 DSA devices with a queue of each mode, 16 QAT devices with 16
// virtual functions each, 40 FPGA cards of two ports, 8 Gaudi 2, 8 GPUs.
MachineTree MixedMachine();

// The same server with so many uacce devices (at most 1,024) on its PCI switches,
// and nothing else.
MachineTree UacceMachine(int devices);

// Where a machine has its i-th uacce device, below /sys/devices.
std::string UaccePath(int index);
// The same of the mixed machine's DSA devices (0 to 127).
std::string DsaPath(int index);
// The same of its QAT devices' virtual functions (0 to 255).
std::string QatPath(int index);

}  // namespace nacelle
