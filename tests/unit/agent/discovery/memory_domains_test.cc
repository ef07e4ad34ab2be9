// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/memory_domains.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

constexpr std::uint64_t kGib = 1ULL << 30;

// Two nodes: 0 has CPUs and memory, 1 is what the test is about.
struct Machine {
  Topology topology{{{0, kGib, "", {10, 17}}, {1, kGib, "", {17, 10}}}};
  std::vector<MemoryFacts> facts{{.node = 0, .has_cpus = true, .has_memory = true},
                                 {.node = 1, .has_memory = true}};

  MemoryDomain Second() const {
    for (const auto& domain : BuildDomains(topology, facts)) {
      if (domain.numa == 1) return domain;
    }
    return {};
  }
};

TEST(MemoryDomains, HwlocsNameComesFirst) {
  Machine machine;
  machine.facts[1].cxl = true;
  for (const auto& [subtype, kind] : std::initializer_list<std::pair<const char*, MemoryKind>>{
           {"HBM", MemoryKind::kHbm}, {"MCDRAM", MemoryKind::kHbm}, {"NVM", MemoryKind::kNvm}}) {
    machine.topology.nodes[1].subtype = subtype;
    EXPECT_EQ(machine.Second().kind, kind);
    EXPECT_EQ(machine.Second().decided_by, std::string("hwloc calls it ") + subtype);
  }
}

// The memory of a processor whose only memory is HBM is that of its CPUs.
TEST(MemoryDomains, WhatIsStatedOfANodeGoesBeforeAll) {
  Machine machine;
  machine.facts[1].has_cpus = true;
  machine.topology.nodes[1].subtype = "NVM";
  const auto domains = BuildDomains(machine.topology, machine.facts, {{1, MemoryKind::kHbm, "so it is"}});
  ASSERT_EQ(domains.size(), 2u);
  EXPECT_EQ(domains[0].id, "dram-0");
  EXPECT_EQ(domains[1].id, "hbm-1");
  EXPECT_EQ(domains[1].decided_by, "so it is");
}

TEST(MemoryDomains, HwlocsDramDoesNotHideACxlRegion) {
  Machine machine;
  machine.topology.nodes[1].subtype = "DRAM";
  machine.facts[1].cxl = true;
  EXPECT_EQ(machine.Second().kind, MemoryKind::kCxl);
}

TEST(MemoryDomains, ANodeWithCpusIsDram) {
  Machine machine;
  machine.facts[1].has_cpus = true;
  machine.facts[1].tier = 1;
  EXPECT_EQ(machine.Second().id, "dram-1");
}

TEST(MemoryDomains, AFasterTierIsHbm) {
  Machine machine;
  machine.facts[0].tier = 4;
  machine.facts[1].tier = 2;
  EXPECT_EQ(machine.Second().id, "hbm-1");
}

TEST(MemoryDomains, ASlowerTierIsCxl) {
  Machine machine;
  machine.facts[0].tier = 4;
  machine.facts[1].tier = 22;
  EXPECT_EQ(machine.Second().id, "cxl-1");
}

TEST(MemoryDomains, TwiceTheBandwidthIsHbm) {
  Machine machine;
  machine.facts[0].read_bandwidth_mbps = 20480;
  machine.facts[1].initiators = {0};
  machine.facts[1].read_bandwidth_mbps = 40960;
  EXPECT_EQ(machine.Second().kind, MemoryKind::kHbm);
  machine.facts[1].read_bandwidth_mbps = 40000;
  EXPECT_EQ(machine.Second().kind, MemoryKind::kDram);
}

TEST(MemoryDomains, ACxlRegionIsCxl) {
  Machine machine;
  machine.facts[1].cxl = true;
  EXPECT_EQ(machine.Second().decided_by, "belongs to a CXL region");
}

TEST(MemoryDomains, WhereNothingSaysOtherwiseItIsDram) {
  EXPECT_EQ(Machine().Second().kind, MemoryKind::kDram);
}

TEST(MemoryDomains, ANodeWithoutMemoryHasNone) {
  Machine machine;
  machine.topology.nodes[1].capacity_bytes.reset();
  machine.facts[1].has_memory = false;
  EXPECT_EQ(BuildDomains(machine.topology, machine.facts).size(), 1u);
}

TEST(MemoryDomains, AnUnknownSizeIsUnknown) {
  Machine machine;
  machine.topology.nodes[1].capacity_bytes.reset();
  EXPECT_EQ(machine.Second().capacity_bytes, std::nullopt);
  EXPECT_EQ(machine.Second().id, "dram-1");
}

TEST(MemoryDomains, LocalNodesAreTheInitiatorsWithCpus) {
  Machine machine;
  machine.facts[1].initiators = {0, 1};
  EXPECT_EQ(machine.Second().local_nodes, std::vector<int>{0});
}

TEST(MemoryDomains, WithoutInitiatorsLocalNodesAreTheNearestWithCpus) {
  const Topology topology{{{0, kGib, "", {10, 20, 30}}, {1, kGib, "", {20, 10, 15}}, {2, kGib, "", {30, 15, 10}}}};
  const std::vector<MemoryFacts> facts{{.node = 0, .has_cpus = true, .has_memory = true},
                                       {.node = 1, .has_cpus = true, .has_memory = true},
                                       {.node = 2, .has_memory = true}};
  EXPECT_EQ(BuildDomains(topology, facts)[2].local_nodes, std::vector<int>{1});
}

TEST(MemoryDomains, UnknownDistancesMakeNoNodeLocal) {
  Machine machine;
  machine.topology.nodes[0].distances = {10, kUnknownDistance};
  EXPECT_TRUE(machine.Second().local_nodes.empty());
}

TEST(MemoryDomains, NodesKeepTheirDistances) {
  const Machine machine;
  EXPECT_EQ(BuildNumaNodes(machine.topology, machine.facts),
            (std::vector<NumaNode>{{0, true, {10, 17}}, {1, false, {17, 10}}}));
}

}  // namespace
}  // namespace nacelle
