// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "agent/host/host_root.h"
#include "core/base/result.h"

namespace nacelle {

// The NUMA node of each CPU (/sys/devices/system/node/nodeN/cpulist). Nodes
// whose list cannot be read give none. kNotFound on a kernel without NUMA.
Result<std::map<int, int>> ReadCpuNodes(const HostRoot& host);

}  // namespace nacelle
