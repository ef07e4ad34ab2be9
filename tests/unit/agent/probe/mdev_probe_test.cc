// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/mdev_probe.h"

#include <gtest/gtest.h>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

TEST(MdevProbe, AMediatedDeviceIsReachedByItsGroup) {
  const std::string uuid = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001";
  const std::string pci = "/sys/devices/pci0000:00/0000:00:02.0/";
  const FakeHost host{{"/sys/bus/mdev/devices/" + uuid, "-> ../../../devices/pci0000:00/0000:00:02.0/" + uuid},
                      {pci + "vendor", "0x8086\n"},
                      {pci + "device", "0x3e92\n"},
                      {pci + "numa_node", "0\n"},
                      {pci + uuid + "/mdev_type", "-> ../mdev_supported_types/i915-GVTg_V5_4"},
                      {pci + uuid + "/driver", "-> ../../../../bus/mdev/drivers/intel_vgpu_mdev"},
                      {pci + uuid + "/iommu_group", "-> ../../../../kernel/iommu_groups/12"},
                      {"/sys/kernel/iommu_groups/12/devices/" + uuid, "-> ../../../../devices/pci0000:00/0000:00:02.0/" + uuid},
                      {"/sys/kernel/iommu_groups/12/name", "vfio-noiommu\n"},  // as of all emulated IOMMUs
                      {"/sys/class/vfio/12", "-> ../../devices/virtual/vfio/12"},
                      {"/dev/vfio/vfio", "c 10:196"},
                      {"/dev/vfio/12", "c 511:2"}};
  const HardwareTable table;
  const auto found = MdevProbe(table).Scan(host.root());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->problems.empty());
  ASSERT_EQ(found->functions.size(), 1u);
  const auto& function = found->functions[0];
  EXPECT_EQ(function.id, "mdev-" + uuid);
  EXPECT_EQ(function.interface, "mdev_i915-GVTg_V5_4");
  EXPECT_EQ(function.vendor, "8086");
  EXPECT_EQ(function.card, "card-0000-00-02");
  EXPECT_EQ(function.numa, 0);
  EXPECT_FALSE(function.by_default);
  EXPECT_EQ(function.access, MemoryAccess::kIommu);
  EXPECT_EQ(function.operations, std::vector<std::string>{"passthrough"});
  EXPECT_EQ(function.queues.at(0).nodes.at(0), (DeviceNode{"/dev/vfio/12", 511, 2}));
  EXPECT_EQ(function.queues.at(0).health.reason, "");
}

TEST(MdevProbe, AMatrixComputesWhatTheCardsOfItsQueuesDo) {
  const FakeHost host{{"/sys/bus/mdev/devices/1001", "-> ../../../devices/vfio_ap/matrix/1001"},
                      {"/sys/devices/vfio_ap/matrix/1001/mdev_type", "-> ../mdev_supported_types/vfio_ap-passthrough"},
                      {"/sys/devices/vfio_ap/matrix/1001/driver", "-> ../../../../bus/mdev/drivers/vfio_ap_mdev"},
                      {"/sys/devices/vfio_ap/matrix/1001/matrix", "0a.0005\n0a.0006\n0b.0005\n"},
                      {"/sys/devices/ap/card0a/type", "CEX7A\n"},
                      {"/sys/devices/ap/card0b/type", "CEX8P\n"}};
  HardwareTable table;
  table.words = {{"ap", "A", {"rsa"}}, {"ap", "P", {"ecdh", "rsa"}}};
  const auto found = MdevProbe(table).Scan(host.root());
  ASSERT_TRUE(found);
  ASSERT_EQ(found->functions.size(), 1u);
  EXPECT_EQ(found->functions[0].interface, "mdev_vfio_ap-passthrough");
  EXPECT_EQ(found->functions[0].operations, (std::vector<std::string>{"ecdh", "passthrough", "rsa"}));
}

TEST(MdevProbe, AChannelToADiskIsNoAccelerator) {
  const FakeHost host{{"/sys/bus/mdev/devices/1002", "-> ../../../devices/css0/0.0.0010/1002"},
                      {"/sys/devices/css0/0.0.0010/1002/mdev_type", "-> ../mdev_supported_types/vfio_ccw-io"}};
  const HardwareTable table;
  EXPECT_TRUE(MdevProbe(table).Scan(host.root())->functions.empty());
}

}  // namespace
}  // namespace nacelle
