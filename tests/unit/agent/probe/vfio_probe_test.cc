// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/vfio_probe.h"

#include <gtest/gtest.h>

#include "core/config/hardware_file.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

const std::string kBus = "/sys/devices/pci0000:00/";

class VfioProbeTest : public testing::Test {
 protected:
  VfioProbeTest()
      : host_{{"/sys/class/vfio/7", "-> ../../devices/virtual/vfio/7"},
              {"/dev/vfio/vfio", "c 10:196"},
              {"/dev/vfio/7", "c 511:0"}} {
    AddDevice("0000:00:05.0", "0x1234", "0x11e8", "vfio-pci");
  }

  void AddDevice(const std::string& address, const std::string& vendor, const std::string& device,
                 const std::string& driver) {
    host_.Set("/sys/kernel/iommu_groups/7/devices/" + address, "-> ../../../../devices/pci0000:00/" + address);
    host_.Set(kBus + address + "/vendor", vendor + "\n");
    host_.Set(kBus + address + "/device", device + "\n");
    host_.Set(kBus + address + "/driver", "-> ../../../bus/pci/drivers/" + driver);
    host_.Set(kBus + address + "/iommu_group", "-> ../../../kernel/iommu_groups/7");
  }

  SharedList<Function> Scan() {
    const auto table = BuiltinHardware();
    auto found = VfioProbe(table).Scan(host_.root());
    EXPECT_TRUE(found);
    return found ? std::move(found->functions) : SharedList<Function>();
  }

  FakeHost host_;
};

TEST_F(VfioProbeTest, AGroupIsAQueueOfferedOnRequest) {
  const auto functions = Scan();
  ASSERT_EQ(functions.size(), 1u);
  EXPECT_EQ(functions[0].id, "vfio-0000-00-05-0");
  EXPECT_EQ(functions[0].interface, "vfio_1234_11e8");
  EXPECT_FALSE(functions[0].by_default);
  EXPECT_EQ(functions[0].access, MemoryAccess::kIommu);
  EXPECT_EQ(functions[0].queues.at(0).instances, 1);
  EXPECT_EQ(functions[0].queues.at(0).nodes,
            (std::vector<DeviceNode>{{"/dev/vfio/7", 511, 0}, {"/dev/vfio/vfio", 10, 196, true}}));
}

TEST_F(VfioProbeTest, SeveralDevicesOfOneGroupAreOneQueue) {
  AddDevice("0000:00:05.1", "0x1234", "0x11e8", "vfio-pci");
  const auto functions = Scan();
  ASSERT_EQ(functions.size(), 2u);
  EXPECT_EQ(functions[0].access_note, "its group also gives 0000:00:05.1");
  EXPECT_TRUE(functions[1].queues.empty());
  EXPECT_EQ(functions[1].access_note, "goes to whoever is given 0000:00:05.0: both are in IOMMU group 7");
}

TEST_F(VfioProbeTest, AQatFunctionIsTheQatProbes) {
  AddDevice("0000:00:05.0", "0x8086", "0x4941", "vfio-pci");
  EXPECT_TRUE(Scan().empty());
}

TEST_F(VfioProbeTest, WhatGoesWithAQatFunctionIsShownWithoutAQueue) {
  AddDevice("0000:00:05.0", "0x8086", "0x4941", "vfio-pci");
  AddDevice("0000:00:06.0", "0x8086", "0x10fb", "vfio-pci");
  const auto functions = Scan();
  ASSERT_EQ(functions.size(), 1u);
  EXPECT_EQ(functions[0].id, "vfio-0000-00-06-0");
  EXPECT_TRUE(functions[0].queues.empty());
  EXPECT_EQ(functions[0].access_note, "goes to whoever is given 0000:00:05.0: both are in IOMMU group 7");
}

TEST_F(VfioProbeTest, AKnownAcceleratorKeepsItsOperations) {
  AddDevice("0000:00:05.0", "0x1da3", "0x1020", "vfio-pci");
  EXPECT_EQ(Scan().at(0).operations, (std::vector<std::string>{"inference", "passthrough", "training"}));
}

TEST_F(VfioProbeTest, AnIommufdDeviceHasANodeOfItsOwn) {
  host_.Remove("/sys/class/vfio");
  host_.Remove("/dev/vfio/7");
  host_.Set("/sys/class/vfio-dev/vfio3", "-> ../../devices/pci0000:00/0000:00:05.0/vfio-dev/vfio3");
  host_.Set(kBus + "0000:00:05.0/vfio-dev/vfio3/dev", "510:3\n");
  host_.Set("/dev/vfio/devices/vfio3", "c 510:3");
  host_.Set("/dev/iommu", "c 10:125");
  const auto functions = Scan();
  ASSERT_EQ(functions.size(), 1u);
  EXPECT_EQ(functions[0].queues.at(0).nodes,
            (std::vector<DeviceNode>{{"/dev/vfio/devices/vfio3", 510, 3}, {"/dev/iommu", 10, 125, true}}));
  EXPECT_TRUE(functions[0].queues.at(0).health.healthy);
}

TEST_F(VfioProbeTest, AMediatedDeviceIsTheMdevProbes) {
  host_.Set("/sys/bus/mdev/devices/0000:00:05.0", "-> ../../../devices/x");
  EXPECT_TRUE(Scan().empty());
}

TEST_F(VfioProbeTest, ADeviceThatCameToAGroupOfOthersIsSeenAfterItsEvent) {
  const auto table = BuiltinHardware();
  const VfioProbe probe(table);
  AddDevice("0000:00:05.0", "0x8086", "0x4941", "vfio-pci");
  const auto last = probe.Scan(host_.root());
  ASSERT_TRUE(last);
  ASSERT_TRUE(last->functions.empty());
  AddDevice("0000:00:06.0", "0x10ee", "0x5000", "vfio-pci");
  const auto now = probe.Rescan(host_.root(), *last, {"/sys/devices/pci0000:00/0000:00:06.0"});
  ASSERT_TRUE(now);
  EXPECT_EQ(now->functions.size(), 1u);
  EXPECT_EQ(*now, *probe.Scan(host_.root()));
}

TEST_F(VfioProbeTest, ADeviceThatDisownsItsGroupIsToldAndStaysAfterOtherEvents) {
  const auto table = BuiltinHardware();
  const VfioProbe probe(table);
  host_.Set(kBus + "0000:00:05.0/iommu_group", "-> ../../../kernel/iommu_groups/8");
  const auto found = probe.Scan(host_.root());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->problems, (std::vector<Problem>{{kBus + "0000:00:05.0",
                                                    "is in IOMMU group 7, but its iommu_group says '8'"}}));
  EXPECT_EQ(found->functions.size(), 1u);
  EXPECT_EQ(*probe.Rescan(host_.root(), *found, {"/sys/devices/elsewhere"}), *found);
}

}  // namespace
}  // namespace nacelle
