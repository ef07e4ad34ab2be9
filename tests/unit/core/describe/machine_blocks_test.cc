// SPDX-License-Identifier: Apache-2.0
#include "core/describe/machine_blocks.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

using Titles = std::vector<std::string>;

// Two packages with a node each; the HBM of node 2 is local to node 1.
Inventory Machine() {
  Inventory inventory;
  inventory.numa = {{0, true, {}, 0}, {1, true, {}, 1}, {2, false, {}, {}}};
  inventory.domains.resize(1);
  inventory.domains[0].id = "hbm-2";
  inventory.domains[0].numa = 2;
  inventory.domains[0].local_nodes = {1};
  return inventory;
}

Function At(const std::string& id, const std::string& path, std::optional<int> numa) {
  Function function;
  function.id = id;
  function.path = "/sys/devices/" + path;
  function.numa = numa;
  return function;
}

Titles TitlesOf(const std::vector<MachineBlock>& blocks) {
  Titles titles;
  for (const auto& block : blocks) titles.push_back(block.title);
  return titles;
}

TEST(MachineBlocks, PackagesHoldNodesAndAreInOrder) {
  const auto inventory = Machine();
  const auto blocks = BuildMachineBlocks(inventory);
  EXPECT_EQ(TitlesOf(blocks), (Titles{"Package 0", "Package 1"}));
  EXPECT_EQ(TitlesOf(blocks[1].below), Titles{"NUMA node 1"});
}

TEST(MachineBlocks, MemoryWithoutCpusIsShownWithTheNodeThatItIsLocalTo) {
  const auto inventory = Machine();
  const auto node = BuildMachineBlocks(inventory).at(1).below.at(0);
  ASSERT_EQ(node.memories.size(), 1u);
  EXPECT_EQ(node.memories[0]->id, "hbm-2");
}

TEST(MachineBlocks, ANodeWithoutCpusThatHasFunctionsStandsForItself) {
  auto inventory = Machine();
  inventory.functions = {At("a", "platform/a", 2)};
  const auto blocks = BuildMachineBlocks(inventory);
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(TitlesOf(blocks[1].below), (Titles{"NUMA node 1", "NUMA node 2 (no CPUs)"}));
  EXPECT_EQ(blocks[1].below[1].memories.size(), 1u);
}

TEST(MachineBlocks, SwitchesHoldWhatIsBelowThemAndLoneBridgesAreOne) {
  auto inventory = Machine();
  const std::string above = "pci0000:19/0000:19:01.0/0000:1a:00.0/";
  inventory.functions = {At("a", above + "0000:1a:01.0/0000:1b:00.0", 0), At("b", above + "0000:1a:02.0/0000:1c:00.0", 0)};
  const auto node = BuildMachineBlocks(inventory).at(0).below.at(0);
  ASSERT_EQ(node.below.size(), 1u);
  EXPECT_EQ(node.below[0].title, "PCI 0000:19 / root port 0000:19:01.0 / switch 0000:1a:00.0");
  EXPECT_EQ(TitlesOf(node.below[0].below), (Titles{"switch port 0000:1a:01.0", "switch port 0000:1a:02.0"}));
}

TEST(MachineBlocks, BridgesAreNamedFromTheNearestRootBusOn) {
  EXPECT_EQ(BridgeTitle({"pci0000:00", "0000:00:0e.0", "pci10000:e0", "10000:e0:01.0", "10000:e1:00.0"}, 1), "0000:00:0e.0");
  EXPECT_EQ(BridgeTitle({"pci0000:00", "0000:00:0e.0", "pci10000:e0", "10000:e0:01.0", "10000:e1:00.0"}, 2), "PCI 10000:e0");
  EXPECT_EQ(BridgeTitle({"platform", "4.pcie", "pci0000:00", "0000:00:01.0", "0000:01:00.0", "0000:02:00.0"}, 3),
            "root port 0000:00:01.0");
  EXPECT_EQ(BridgeTitle({"platform", "4.pcie", "pci0000:00", "0000:00:01.0", "0000:01:00.0", "0000:02:00.0"}, 4),
            "switch 0000:01:00.0");
  EXPECT_EQ(BridgeTitle({"platform", "4.pcie", "pci0000:00", "0000:00:01.0"}, 1), "4.pcie");
}

TEST(MachineBlocks, FunctionsOfAnUnknownNodeComeLast) {
  auto inventory = Machine();
  inventory.functions = {At("a", "platform/a", std::nullopt)};
  EXPECT_EQ(TitlesOf(BuildMachineBlocks(inventory)).back(), "NUMA node unknown");
}

}  // namespace
}  // namespace nacelle
