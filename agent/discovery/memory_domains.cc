// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/memory_domains.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nacelle {
namespace {

struct Decision {
  MemoryKind kind = MemoryKind::kDram;
  std::string rule;
};

const MemoryFacts* FindFacts(const std::vector<MemoryFacts>& facts, int node) {
  const auto it = std::find_if(facts.begin(), facts.end(), [&](const auto& f) { return f.node == node; });
  return it == facts.end() ? nullptr : &*it;
}

// hwloc also says "DRAM" and "SPM" (memory set aside by the firmware), which
// tell less than the rules after this one.
std::optional<Decision> BySubtype(const std::string& subtype) {
  static constexpr std::array<std::pair<std::string_view, MemoryKind>, 7> kSubtypes = {{
      {"HBM", MemoryKind::kHbm},
      {"MCDRAM", MemoryKind::kHbm},
      {"GPUMemory", MemoryKind::kHbm},  // of NVIDIA's cards with NVLink, which all have HBM
      {"NVM", MemoryKind::kNvm},
      {"CXL-DRAM", MemoryKind::kCxl},
      {"CXL-HBM", MemoryKind::kCxl},
      {"CXL-NVM", MemoryKind::kCxl},
  }};
  for (const auto& [name, kind] : kSubtypes) {
    if (subtype == name) return Decision{kind, "hwloc calls it " + subtype};
  }
  return std::nullopt;
}

// The fastest tier of the nodes with CPUs.
std::optional<int> CpuTier(const std::vector<MemoryFacts>& facts) {
  std::optional<int> fastest;
  for (const auto& node : facts) {
    if (node.has_cpus && node.tier && (!fastest || *node.tier < *fastest)) fastest = node.tier;
  }
  return fastest;
}

// The best read bandwidth that the initiators of `node` have to their own memory.
std::optional<int> OwnBandwidth(const MemoryFacts& node, const std::vector<MemoryFacts>& facts) {
  std::optional<int> best;
  for (const int id : node.initiators) {
    const auto* initiator = FindFacts(facts, id);
    if (initiator == nullptr || id == node.node || !initiator->read_bandwidth_mbps) continue;
    best = std::max(best.value_or(0), *initiator->read_bandwidth_mbps);
  }
  return best;
}

Decision Decide(const TopologyNode& node, const MemoryFacts& facts, const std::vector<MemoryFacts>& all,
                const std::vector<StatedKind>& stated) {
  for (const auto& kind : stated) {
    if (kind.node == node.id) return {kind.kind, kind.rule};
  }
  if (auto decision = BySubtype(node.subtype)) return *decision;
  if (facts.has_cpus) return {MemoryKind::kDram, "its node has CPUs"};
  const auto cpu_tier = CpuTier(all);
  if (facts.tier && cpu_tier && *facts.tier < *cpu_tier) {
    return {MemoryKind::kHbm, "a faster memory tier than the CPUs' own memory"};
  }
  const auto own = OwnBandwidth(facts, all);
  if (own && facts.read_bandwidth_mbps && *facts.read_bandwidth_mbps / 2 >= *own) {
    return {MemoryKind::kHbm, "twice the read bandwidth of the CPUs' own memory"};
  }
  if (facts.cxl) return {MemoryKind::kCxl, "belongs to a CXL region"};
  if (facts.tier && cpu_tier && *facts.tier > *cpu_tier) {
    return {MemoryKind::kCxl, "a slower memory tier than the CPUs' own memory"};
  }
  return {MemoryKind::kDram, "nothing says otherwise"};
}

int DistanceTo(const TopologyNode& from, const Topology& topology, int to) {
  for (std::size_t i = 0; i < topology.nodes.size() && i < from.distances.size(); ++i) {
    if (topology.nodes[i].id == to) return from.distances[i];
  }
  return kUnknownDistance;
}

// The initiators that the firmware names; else the nodes with CPUs at the
// smallest known distance.
std::vector<int> LocalNodes(const Topology& topology, const MemoryFacts& facts,
                            const std::vector<MemoryFacts>& all) {
  std::vector<int> local;
  for (const int id : facts.initiators) {
    const auto* initiator = FindFacts(all, id);
    if (initiator != nullptr && initiator->has_cpus) local.push_back(id);
  }
  if (!local.empty()) return local;
  int smallest = kUnknownDistance - 1;
  for (const auto& node : topology.nodes) {
    const auto* of_node = FindFacts(all, node.id);
    if (of_node == nullptr || !of_node->has_cpus) continue;
    const int distance = DistanceTo(node, topology, facts.node);
    if (distance > smallest) continue;
    if (distance < smallest) local.clear();
    smallest = distance;
    local.push_back(node.id);
  }
  return local;
}

}  // namespace

std::vector<NumaNode> BuildNumaNodes(const Topology& topology, const std::vector<MemoryFacts>& facts) {
  std::vector<NumaNode> nodes;
  for (const auto& node : topology.nodes) {
    const auto* of_node = FindFacts(facts, node.id);
    const bool has_cpus = of_node != nullptr && of_node->has_cpus;
    nodes.push_back({node.id, has_cpus, node.distances, of_node != nullptr ? of_node->package : std::nullopt});
  }
  return nodes;
}

std::vector<MemoryDomain> BuildDomains(const Topology& topology, const std::vector<MemoryFacts>& facts,
                                       const std::vector<StatedKind>& stated) {
  std::vector<MemoryDomain> domains;
  for (const auto& node : topology.nodes) {
    const auto* of_node = FindFacts(facts, node.id);
    if (of_node == nullptr || (!of_node->has_memory && !node.capacity_bytes)) continue;
    auto decision = Decide(node, *of_node, facts, stated);
    MemoryDomain domain;
    domain.id = std::string(Name(decision.kind)) + "-" + std::to_string(node.id);
    domain.kind = decision.kind;
    domain.decided_by = std::move(decision.rule);
    domain.numa = node.id;
    domain.capacity_bytes = node.capacity_bytes;
    domain.local_nodes = LocalNodes(topology, *of_node, facts);
    domains.push_back(std::move(domain));
  }
  std::sort(domains.begin(), domains.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return domains;
}

}  // namespace nacelle
