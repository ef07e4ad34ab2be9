// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nacelle {

// A NUMA node as hwloc sees it.
struct TopologyNode {
  int id = 0;
  // Absent when hwloc finds no memory there: none, or an unknown size.
  std::optional<std::uint64_t> capacity_bytes;
  std::string subtype;  // what hwloc calls its memory: "HBM", "DRAM", …; may be empty
  // SLIT to each node, in the order of Topology::nodes.
  std::vector<int> distances;

  bool operator==(const TopologyNode&) const = default;
};

// What hwloc tells of a machine's memory, as plain values.
struct Topology {
  std::vector<TopologyNode> nodes;  // by id

  bool operator==(const Topology&) const = default;
};

}  // namespace nacelle
