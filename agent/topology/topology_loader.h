// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "agent/topology/topology.h"
#include "core/base/result.h"

namespace nacelle {

// Asks hwloc about a machine. hwloc knows where to look only from the
// environment, which is the whole process's: the constructor sets it, so make
// one object a process, before any thread starts (tests: one at a time).
class TopologyLoader {
 public:
  // `prefix` as HostRoot's.
  explicit TopologyLoader(const std::filesystem::path& prefix);

  // Also sees what this process's cgroup does not allow it to use. Nothing of
  // hwloc's stays in memory.
  Result<Topology> Load() const;
};

}  // namespace nacelle
