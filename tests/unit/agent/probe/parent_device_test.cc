// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/parent_device.h"

#include <gtest/gtest.h>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

constexpr const char* kPath = "/sys/devices/pci0000:40/0000:40:00.0/0000:41:00.0";

TEST(ParentDevice, HasItsIdsDriverAndGroup) {
  FakeHost host{{std::string(kPath) + "/vendor", "0x19e5\n"},
                {std::string(kPath) + "/device", "0xa250\n"},
                {std::string(kPath) + "/driver", "-> ../../../../bus/pci/drivers/hisi_zip"},
                {std::string(kPath) + "/iommu_group", "-> ../../../../kernel/iommu_groups/7"},
                {std::string(kPath) + "/numa_node", "1\n"}};
  const auto parent = ReadParentDevice(host.root(), kPath);
  EXPECT_EQ(parent.name, "0000:41:00.0");
  EXPECT_EQ(parent.vendor, "19e5");
  EXPECT_EQ(parent.device, "a250");
  EXPECT_EQ(parent.driver, "hisi_zip");
  EXPECT_EQ(parent.iommu_group, "7");
  EXPECT_EQ(parent.numa, 1);
  EXPECT_TRUE(parent.problems.empty());
}

TEST(ParentDevice, ANodeOfMinusOneIsThatOfTheBridgeAbove) {
  FakeHost host{{std::string(kPath) + "/numa_node", "-1\n"},
                {"/sys/devices/pci0000:40/0000:40:00.0/numa_node", "3\n"}};
  EXPECT_EQ(ReadParentDevice(host.root(), kPath).numa, 3);
}

TEST(ParentDevice, ANegativeNodeOtherThanMinusOneIsAProblem) {
  FakeHost host{{std::string(kPath) + "/numa_node", "-7\n"}};
  const auto parent = ReadParentDevice(host.root(), kPath);
  EXPECT_EQ(parent.numa, std::nullopt);
  EXPECT_EQ(parent.problems.size(), 1u);
}

TEST(ParentDevice, ANodeThatNobodyKnowsIsUnknown) {
  FakeHost host{{std::string(kPath) + "/numa_node", "-1\n"},
                {"/sys/devices/pci0000:40/0000:40:00.0/numa_node", "-1\n"},
                {"/sys/devices/numa_node", "2\n"}};
  const auto parent = ReadParentDevice(host.root(), kPath);
  EXPECT_EQ(parent.numa, std::nullopt);
  EXPECT_TRUE(parent.problems.empty());
}

TEST(ParentDevice, ANodeThatCannotBeReadIsAProblemAndThatOfTheBridge) {
  FakeHost host{{std::string(kPath) + "/numa_node", "! EIO"},
                {"/sys/devices/pci0000:40/0000:40:00.0/numa_node", "3\n"}};
  const auto parent = ReadParentDevice(host.root(), kPath);
  EXPECT_EQ(parent.numa, 3);
  EXPECT_EQ(parent.problems.size(), 1u);
}

TEST(ParentDevice, AnIdThatIsNoneIsAProblem) {
  FakeHost host{{std::string(kPath) + "/vendor", "\xff\xfe\n"}};
  const auto parent = ReadParentDevice(host.root(), kPath);
  EXPECT_EQ(parent.vendor, "");
  EXPECT_EQ(parent.problems.size(), 1u);
}

}  // namespace
}  // namespace nacelle
