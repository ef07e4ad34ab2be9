// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "agent/host/host_root.h"

namespace nacelle {

// The NUMA node of each CPU (/sys/devices/system/node/nodeN/cpulist); none
// where the kernel does not tell.
std::map<int, int> ReadNumaOfCpus(const HostRoot& host);

}  // namespace nacelle
