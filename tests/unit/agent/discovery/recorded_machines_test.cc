// SPDX-License-Identifier: Apache-2.0
// Machines that the hwloc project recorded; they are not in this repository.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include "agent/command/machine_view.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;

fs::path MachinesFolder() {
  const char* given = std::getenv("NACELLE_MACHINES");
  return given != nullptr ? given : NACELLE_MACHINES_DIR;
}

// Unpacks the recorded machine `name` and reads it; absent when it is not here.
class RecordedMachines : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::is_directory(MachinesFolder())) GTEST_SKIP() << "no recorded machines in " << MachinesFolder();
    folder_ = fs::path(testing::TempDir()) / ("machines-" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  Inventory Read(const std::string& archive, const std::string& name) {
    const std::string command =
        "tar -C '" + folder_.native() + "' -xf '" + (MachinesFolder() / archive).native() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0);
    auto machine = ReadMachine({folder_ / name, "n", {}});
    EXPECT_TRUE(machine);
    return machine ? std::move(machine->inventory) : Inventory{};
  }

  fs::path folder_;
};

std::map<int, MemoryKind> KindsByNode(const Inventory& inventory) {
  std::map<int, MemoryKind> kinds;
  for (const auto& domain : inventory.domains) kinds[*domain.numa] = domain.kind;
  return kinds;
}

TEST_F(RecordedMachines, AnArmServerHasFourNodesOfDram) {
  const auto inventory = Read("128arm-2pa2n8cluster4co.tar.bz2", "128arm-2pa2n8cluster4co");
  EXPECT_EQ(KindsByNode(inventory),
            (std::map<int, MemoryKind>{{0, MemoryKind::kDram}, {1, MemoryKind::kDram},
                                       {2, MemoryKind::kDram}, {3, MemoryKind::kDram}}));
  for (const auto& node : inventory.numa) EXPECT_TRUE(node.has_cpus);
  EXPECT_TRUE(inventory.problems.empty());
}

TEST_F(RecordedMachines, AnIntelServerOfFourSocketsHasItsDistances) {
  const auto inventory = Read("40intel64-2g2n4c+pcilocality.tar.bz2", "40intel64-2g2n4c+pci");
  ASSERT_EQ(inventory.numa.size(), 4u);
  EXPECT_EQ(NumaDistance(inventory, 0, 0), 10);
  EXPECT_GT(NumaDistance(inventory, 0, 3), 10);
  EXPECT_LT(NumaDistance(inventory, 0, 3), kUnknownDistance);
}

TEST_F(RecordedMachines, AMachineOfManyMemoriesHasTheirKinds) {
  const auto inventory = Read("fakeheteromemtiers.tar.bz2", "fakeheteromemtiers");
  EXPECT_EQ(KindsByNode(inventory),
            (std::map<int, MemoryKind>{{0, MemoryKind::kDram}, {1, MemoryKind::kDram}, {2, MemoryKind::kHbm},
                                       {4, MemoryKind::kHbm}, {6, MemoryKind::kNvm}, {8, MemoryKind::kNvm},
                                       {9, MemoryKind::kNvm}}));
  EXPECT_EQ(FindDomain(inventory, "hbm-4")->local_nodes, std::vector<int>{1});
}

}  // namespace
}  // namespace nacelle
