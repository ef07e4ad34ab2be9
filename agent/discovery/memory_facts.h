// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/host/host_root.h"
#include "core/model/inventory.h"

namespace nacelle {

// What sysfs says of a NUMA node.
struct MemoryFacts {
  int node = 0;
  bool has_cpus = false;
  bool has_memory = false;
  bool cxl = false;         // its memory belongs to a CXL region
  std::optional<int> tier;  // memory_tier<T>; smaller is faster
  // Nodes that reach this memory best, and how well they do (HMAT).
  std::vector<int> initiators;
  std::optional<int> read_latency_ns;
  std::optional<int> read_bandwidth_mbps;  // MB/s
  std::optional<int> package;              // of its CPUs
  // What hwloc makes distances and sizes of, as it is written: where neither has
  // changed, its topology has not.
  std::string distances;
  std::string size;

  bool operator==(const MemoryFacts&) const = default;
};

struct MemoryFindings {
  std::vector<MemoryFacts> nodes;  // by node
  std::vector<Problem> problems;
};

// Which nodes have CPUs and memory is as in `last`, what was found before, where it is there
// and cannot be read: without, no function would be near any CPU. kNotFound on a kernel
// without NUMA.
Result<MemoryFindings> ReadMemoryFacts(const HostRoot& host, const std::vector<MemoryFacts>& last = {});

}  // namespace nacelle
