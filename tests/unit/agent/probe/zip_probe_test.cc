// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/zip_probe.h"

#include <gtest/gtest.h>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

const HardwareTable kTable;

TEST(ZipProbe, ACardIsAFunctionBehindItsPciDevice) {
  const std::string pci = "/sys/devices/pci0001:00/0001:01:00.0/";
  FakeHost host{{"/sys/class/genwqe/genwqe0_card", "-> ../../devices/pci0001:00/0001:01:00.0/genwqe/genwqe0_card"},
                {pci + "genwqe/genwqe0_card/device", "-> ../../../0001:01:00.0"},
                {pci + "driver", "-> ../../../bus/pci/drivers/genwqe"},
                {pci + "iommu_group", "-> ../../../kernel/iommu_groups/4"},
                {"/dev/genwqe0_card", "c 243:0"}};
  const auto found = ZipProbe(kTable).Scan(host.root());
  ASSERT_TRUE(found);
  ASSERT_EQ(found->functions.size(), 1u);
  const auto& function = found->functions[0];
  EXPECT_EQ(function.id, "zip-0001-01-00-0");
  EXPECT_EQ(function.interface, "genwqe");
  EXPECT_EQ(function.access, MemoryAccess::kIommu);
  EXPECT_EQ(function.operations, (std::vector<std::string>{"deflate", "gzip", "inflate", "zlib"}));
  EXPECT_EQ(function.queues.at(0).nodes, (std::vector<DeviceNode>{{"/dev/genwqe0_card", 243, 0}}));
  EXPECT_TRUE(function.health.healthy);
  host.Set(pci + "genwqe/genwqe0_card/status", "error\n");
  EXPECT_EQ(ZipProbe(kTable).Scan(host.root())->functions.at(0).health, (Health{false, "device is in error"}));
  host.Remove(pci + "genwqe/genwqe0_card/device");
  EXPECT_EQ(ZipProbe(kTable).Scan(host.root())->problems.at(0).object, "/sys/class/genwqe/genwqe0_card");
}

TEST(ZipProbe, TheEngineOfPowerTakesAddressesOfPrograms) {
  const FakeHost host{{"/sys/class/nx-gzip/nx-gzip", "-> ../../devices/virtual/nx-gzip/nx-gzip"},
                      {"/sys/devices/virtual/nx-gzip/nx-gzip/dev", "241:0\n"},
                      {"/dev/crypto/nx-gzip", "c 241:0"}};
  const auto found = ZipProbe(kTable).Scan(host.root());
  ASSERT_TRUE(found);
  ASSERT_EQ(found->functions.size(), 1u);
  EXPECT_EQ(found->functions[0].id, "zip-nx-gzip");
  EXPECT_EQ(found->functions[0].interface, "nx_gzip");
  EXPECT_EQ(found->functions[0].access, MemoryAccess::kSva);
  EXPECT_TRUE(found->functions[0].queues.at(0).health.healthy);
  EXPECT_TRUE(found->problems.empty());
}

}  // namespace
}  // namespace nacelle
