// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/engine_probe.h"

#include <gtest/gtest.h>

#include "core/config/hardware_file.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

const HardwareTable kTable = [] {
  HardwareTable table;
  table.engines = {{"platform", "caam", "NXP CAAM", {"aes-cbc"}}};
  return table;
}();

TEST(EngineProbe, AnEngineOfTheKernelIsShownAndNeverOffered) {
  const FakeHost host{{"/sys/class", "/"},
                      {"/sys/bus/platform/drivers/caam/bind", ""},
                      {"/sys/bus/platform/drivers/caam/module", "-> ../../../../module/caam"},
                      {"/sys/bus/platform/drivers/caam/1700000.crypto", "-> ../../../../devices/platform/soc/1700000.crypto"},
                      {"/sys/devices/platform/soc/1700000.crypto/driver", "-> ../../../../bus/platform/drivers/caam"}};
  const auto found = EngineProbe(kTable).Scan(host.root());
  ASSERT_TRUE(found);
  ASSERT_EQ(found->functions.size(), 1u);
  const auto& function = found->functions[0];
  EXPECT_EQ(function.id, "crypto-1700000-crypto");
  EXPECT_EQ(function.interface, "crypto_caam");
  EXPECT_EQ(function.operations, std::vector<std::string>{"aes-cbc"});
  EXPECT_TRUE(function.queues.empty());
  EXPECT_EQ(function.access_note, "kernel only: NXP CAAM has no interface for user space");
}

TEST(EngineProbe, ADeviceOfTheDriverThatIsNoEngineIsNotShown) {
  const std::string bus = "/sys/devices/pci0000:00/";
  FakeHost host{{"/sys/class", "/"},
                {"/sys/bus/pci/drivers/ccp/0000:00:01.0", "-> ../../../../devices/pci0000:00/0000:00:01.0"},
                {"/sys/bus/pci/drivers/ccp/0000:00:02.0", "-> ../../../../devices/pci0000:00/0000:00:02.0"},
                {bus + "0000:00:01.0/vendor", "0x1022\n"},
                {bus + "0000:00:01.0/device", "0x1486\n"},
                {bus + "0000:00:02.0/vendor", "0x1022\n"},
                {bus + "0000:00:02.0/device", "0x14ca\n"}};
  const auto table = BuiltinHardware();
  const auto found = EngineProbe(table).Scan(host.root());
  ASSERT_TRUE(found);
  ASSERT_EQ(found->functions.size(), 1u);
  EXPECT_EQ(found->functions[0].id, "crypto-0000-00-01-0");
  EXPECT_EQ(found->functions[0].name, "AMD CCP");
}

TEST(EngineProbe, ADeviceUnderUacceIsNotShownTwice) {
  const FakeHost host{{"/sys/class", "/"},
                      {"/sys/bus/platform/drivers/caam/x", "-> ../../../../devices/platform/x"},
                      {"/sys/devices/platform/x/uacce/x-0/api", "v1\n"}};
  const auto found = EngineProbe(kTable).Scan(host.root());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->functions.empty());
}

TEST(EngineProbe, ADeviceThatWasAnEngineOrNoneIsReadAgainAfterItsEventOnly) {
  const std::string device = "/sys/devices/platform/soc/1700000.crypto";
  FakeHost host{{"/sys/class", "/"},
                {"/sys/bus/platform/drivers/caam/1700000.crypto", "-> ../../../../devices/platform/soc/1700000.crypto"},
                {device + "/uacce/q-0/dev", "235:0\n"}};
  const EngineProbe probe(kTable);
  const auto none = *probe.Scan(host.root());
  EXPECT_TRUE(none.functions.empty());
  host.Remove(device + "/uacce");
  host.Set(device + "/numa_node", "0\n");
  EXPECT_TRUE(probe.Rescan(host.root(), none, {"/sys/devices/platform/other"})->functions.empty());
  const auto one = *probe.Rescan(host.root(), none, {device});
  EXPECT_EQ(one.functions.size(), 1u);
  EXPECT_EQ(*probe.Rescan(host.root(), one, {"/sys/devices/platform/other"}), one);
}

TEST(EngineProbe, ALinkToADeviceOfAnotherNameIsAProblemAndNotFollowed) {
  const FakeHost host{{"/sys/class", "/"},
                      {"/sys/bus/platform/drivers/caam/a.crypto", "-> ../../../../devices/platform/soc/b.crypto"},
                      {"/sys/devices/platform/soc/b.crypto/numa_node", "0\n"}};
  const auto found = EngineProbe(kTable).Scan(host.root());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->functions.empty());
  ASSERT_EQ(found->problems.size(), 1u);
  EXPECT_EQ(found->problems[0].object, "/sys/bus/platform/drivers/caam/a.crypto");
  EXPECT_EQ(found->problems[0].message,
            "leads to /sys/devices/platform/soc/b.crypto, which has another name; it is not followed");
}

TEST(EngineProbe, AVirtualFunctionThatProgramsDriveThroughVfioSaysSo) {
  const std::string device = "/sys/devices/pci0002:00/0002:10:00.1";
  const FakeHost host{{"/sys/class", "/"},
                      {"/sys/bus/pci/drivers/rvu_cptvf/0002:10:00.1", "-> ../../../../devices/pci0002:00/0002:10:00.1"},
                      {device + "/driver", "-> ../../../bus/pci/drivers/rvu_cptvf"},
                      {device + "/vendor", "0x177d\n"},
                      {device + "/device", "0xa0fe\n"}};
  const auto table = BuiltinHardware();
  EXPECT_EQ(EngineProbe(table).Scan(host.root())->functions.at(0).access_note,
            "serves the kernel only: driver rvu_cptvf holds it, not vfio-pci");
}

// Or nothing would tell of a device that comes or goes there.
TEST(EngineProbe, EventsOfEveryBusThatTheTableNamesConcernIt) {
  HardwareTable table;
  table.engines = {{"mybus", "a", "A", {}}, {"mybus", "b", "B", {}}, {"vio", "nx-crypto", "NX", {}}};
  EXPECT_EQ(EngineProbe(table).subsystems(), (std::vector<std::string_view>{"mybus", "vio"}));
}

TEST(EngineProbe, AnEngineOfAPowerMachineIsShown) {
  const FakeHost host{{"/sys/class", "/"},
                      {"/sys/bus/vio/drivers/nx-crypto/4000", "-> ../../../../devices/vio/4000"},
                      {"/sys/devices/vio/4000/driver", "-> ../../../bus/vio/drivers/nx-crypto"}};
  const auto table = BuiltinHardware();
  const auto found = EngineProbe(table).Scan(host.root());
  ASSERT_EQ(found->functions.size(), 1u);
  EXPECT_EQ(found->functions[0].id, "crypto-4000");
  EXPECT_EQ(found->functions[0].interface, "crypto_nx_crypto");
  EXPECT_EQ(found->functions[0].operations, (std::vector<std::string>{"aes-cbc", "aes-gcm", "sha256", "sha512"}));
}

TEST(EngineProbe, WhatWouldGiveAnInterfaceForUserSpaceIsSaid) {
  const std::string device = "/sys/devices/pci0000:74/0000:75:00.0";
  FakeHost host{{"/sys/class", "/"},
                {"/sys/bus/pci/drivers/hisi_zip/0000:75:00.0", "-> ../../../../devices/pci0000:74/0000:75:00.0"},
                {device + "/vendor", "0x19e5\n"}};
  const auto table = BuiltinHardware();
  const auto note = [&] { return EngineProbe(table).Scan(host.root())->functions.at(0).access_note; };
  EXPECT_EQ(note(), "kernel only: the module parameter uacce_mode=1 gives programs its queues");
  host.Set("/sys/module/hisi_zip/parameters/uacce_mode", "0\n");
  EXPECT_EQ(note(), "kernel only: the module parameter uacce_mode=1 gives programs its queues");
  // The driver takes its uacce device away where SVA was not negotiated.
  host.Set("/sys/module/hisi_zip/parameters/uacce_mode", "1\n");
  EXPECT_EQ(note(), "kernel only: uacce_mode=1 is set, and SVA was not negotiated: no IOMMU");
  host.Set(device + "/iommu_group", "-> ../../../kernel/iommu_groups/7");
  host.Set("/sys/kernel/iommu_groups/7/type", "identity\n");
  EXPECT_EQ(note(), "kernel only: uacce_mode=1 is set, and SVA was not negotiated: the IOMMU lets its addresses pass as they are (passthrough)");
  host.Set("/sys/kernel/iommu_groups/7/type", "DMA\n");
  EXPECT_EQ(note(), "kernel only: uacce_mode=1 is set, and SVA was not negotiated: the kernel's log says why");
}

}  // namespace
}  // namespace nacelle
