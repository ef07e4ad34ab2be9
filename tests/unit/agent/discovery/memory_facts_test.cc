// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/memory_facts.h"

#include <gtest/gtest.h>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

const std::string kNodes = "/sys/devices/system/node/";

TEST(MemoryFacts, TellsNodesTheirInitiatorsAndFigures) {
  FakeHost host{{kNodes + "online", "0,2\n"},
                {kNodes + "has_cpu", "0\n"},
                {kNodes + "has_memory", "0,2\n"},
                {kNodes + "node0/distance", "10 20\n"},
                {kNodes + "node0/meminfo", "Node 0 MemTotal: 1024 kB\nNode 0 MemFree: 7 kB\n"},
                {kNodes + "node2/access0/initiators/node0", "-> ../../../node0"},
                {kNodes + "node2/access0/initiators/read_latency", "120\n"},
                {kNodes + "node2/access0/initiators/read_bandwidth", "81920\n"}};
  const auto found = ReadMemoryFacts(host.root());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->problems.empty());
  const MemoryFacts dram{
      .node = 0, .has_cpus = true, .has_memory = true, .distances = "10 20", .size = "MemTotal: 1024 kB"};
  const MemoryFacts hbm{.node = 2,
                        .has_memory = true,
                        .initiators = {0},
                        .read_latency_ns = 120,
                        .read_bandwidth_mbps = 81920};
  EXPECT_EQ(found->nodes, (std::vector<MemoryFacts>{dram, hbm}));
}

TEST(MemoryFacts, AFigureOfZeroIsUnknown) {
  FakeHost host{{kNodes + "online", "0\n"},
                {kNodes + "node0/access1/initiators/read_latency", "0\n"},
                {kNodes + "node0/access1/initiators/read_bandwidth", "1000\n"}};
  const auto found = ReadMemoryFacts(host.root());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->nodes[0].read_latency_ns, std::nullopt);
  EXPECT_EQ(found->nodes[0].read_bandwidth_mbps, 1000);
}

TEST(MemoryFacts, TiersAreTheKernels) {
  FakeHost host{{kNodes + "online", "0-1\n"},
                {"/sys/devices/virtual/memory_tiering/memory_tier4/nodelist", "0\n"},
                {"/sys/devices/virtual/memory_tiering/memory_tier22/nodelist", "1\n"},
                {"/sys/devices/virtual/memory_tiering/uevent", ""}};
  const auto found = ReadMemoryFacts(host.root());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->nodes[0].tier, 4);
  EXPECT_EQ(found->nodes[1].tier, 22);
}

TEST(MemoryFacts, MemoryBelowACxlRegionIsMarked) {
  const std::string region = "devices/platform/ACPI0017:00/root0/decoder0.0/region0/dax_region0/dax0.0";
  FakeHost host{{kNodes + "online", "0-1\n"},
                {"/sys/bus/dax/devices/dax0.0", "-> ../../../" + region},
                {"/sys/" + region + "/target_node", "1\n"}};
  const auto found = ReadMemoryFacts(host.root());
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->nodes[0].cxl);
  EXPECT_TRUE(found->nodes[1].cxl);
}

TEST(MemoryFacts, ACxlRegionThatTheFirmwareMadeSystemRamIsKnownByItsMemoryBlock) {
  const std::string region = "devices/platform/ACPI0017:00/root0/decoder0.0/region0";
  FakeHost host{{kNodes + "online", "0-1\n"},
                {kNodes + "node0/memory0", "-> ../../memory/memory0"},
                {kNodes + "node1/memory66", "-> ../../memory/memory66"},
                {"/sys/devices/system/memory/block_size_bytes", "8000000\n"},
                {"/sys/bus/cxl/devices/region0", "-> ../../../" + region},
                {"/sys/bus/cxl/devices/root0", "-> ../../../devices/platform/ACPI0017:00/root0"},
                {"/sys/" + region + "/resource", "0x210000000\n"}};
  const auto found = ReadMemoryFacts(host.root());
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->nodes[0].cxl);
  EXPECT_TRUE(found->nodes[1].cxl);
  host.Set("/sys/" + region + "/resource", "near\n");
  EXPECT_EQ(ReadMemoryFacts(host.root())->problems,
            (std::vector<Problem>{{"/sys/" + region + "/resource", "expected a hexadecimal number, not 'near'"}}));
}

TEST(MemoryFacts, AKernelWithoutNumaHasNone) {
  FakeHost host{{"/sys/class", "/"}};
  EXPECT_EQ(ReadMemoryFacts(host.root()).error().code(), Code::kNotFound);
}

TEST(MemoryFacts, WhatCannotBeReadIsAProblem) {
  FakeHost host{{kNodes + "online", "0\n"},
                {kNodes + "has_cpu", "zero\n"},
                {kNodes + "node0/access0/initiators/read_latency", "! EIO"},
                {"/sys/devices/virtual/memory_tiering/memory_tier4/nodelist", "! EIO"}};
  const auto found = ReadMemoryFacts(host.root());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->nodes.size(), 1u);
  EXPECT_EQ(found->problems.size(), 3u);
}

// Else no device would have a topology hint any more.
TEST(MemoryFacts, WhichNodesHaveCpusStaysWhereItCannotBeRead) {
  FakeHost host{{kNodes + "online", "0-1\n"}, {kNodes + "has_cpu", "0\n"}, {kNodes + "has_memory", "0-1\n"}};
  const auto before = *ReadMemoryFacts(host.root());
  host.Set(kNodes + "has_cpu", "! EIO");
  const auto now = ReadMemoryFacts(host.root(), before.nodes);
  ASSERT_TRUE(now);
  EXPECT_EQ(now->nodes, before.nodes);
  EXPECT_EQ(now->problems.size(), 1u);
}

}  // namespace
}  // namespace nacelle
