// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/fpga_probe.h"

#include <gtest/gtest.h>

#include "core/config/hardware_file.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

const std::string kCard = "/sys/devices/pci0000:3a/0000:3a:00.0/0000:3b:00.0/";
const std::string kRegion = kCard + "fpga_region/region0/";
const std::string kPort = kRegion + "dfl-port.2/";
const std::string kBoard = "/sys/devices/platform/swfpga.0/";

Findings ScanOf(const FakeHost& host) {
  const auto table = BuiltinHardware();
  auto found = FpgaProbe(table).Scan(host.root());
  EXPECT_TRUE(found);
  return found ? *std::move(found) : Findings{};
}

// A DFL card with one port.
class DflTest : public testing::Test {
 protected:
  DflTest()
      : host_{{"/sys/class/fpga_region/region0", "-> ../../.." + kCard.substr(4) + "fpga_region/region0"},
              {kCard + "vendor", "0x8086\n"},
              {kCard + "device", "0x09c4\n"},
              {kCard + "driver", "-> ../../../../bus/pci/drivers/dfl-pci"},
              {kRegion + "dfl-fme.0/ports_num", "1\n"},
              {kPort + "id", "0\n"},
              {kPort + "afu_id", "d8424dc4a4a3c413f89e433683f9040b\n"},
              {kPort + "power_state", "0x0\n"},
              {kPort + "errors/errors", "0x0\n"},
              {"/dev/dfl-port.2", "c 234:1"}} {
    host_.Set("/sys/class/fpga_region/region0", "-> ../../devices/pci0000:3a/0000:3a:00.0/0000:3b:00.0/fpga_region/region0");
  }

  Function ScanOne() {
    auto found = ScanOf(host_);
    EXPECT_EQ(found.functions.size(), 1u);
    return found.functions.empty() ? Function{} : found.functions.front();
  }

  FakeHost host_;
};

TEST_F(DflTest, AnAfuIsAFunctionWithItsPort) {
  const auto function = ScanOne();
  EXPECT_EQ(function.id, "fpga-0000-3b-00-0-port0");
  EXPECT_EQ(function.interface, "fpga_d8424dc4a4a3");
  EXPECT_EQ(function.operations, (std::vector<std::string>{"afu:d8424dc4a4a3c413f89e433683f9040b", "memmove"}));
  EXPECT_EQ(function.card, "card-0000-3b-00");
  ASSERT_EQ(function.queues.size(), 1u);
  EXPECT_EQ(function.queues[0].nodes, (std::vector<DeviceNode>{{"/dev/dfl-port.2", 234, 1}}));
  EXPECT_TRUE(function.health.healthy);
}

// The port's driver pins pages and maps them for the device.
TEST_F(DflTest, WithoutAnIommuItReachesAllMemoryAndNeedsAPolicy) {
  EXPECT_EQ(ScanOne().access, MemoryAccess::kNone);
  EXPECT_FALSE(ScanOne().by_default);
  host_.Set(kCard + "iommu_group", "-> ../../../../kernel/iommu_groups/5");
  EXPECT_EQ(ScanOne().access, MemoryAccess::kIommu);
  EXPECT_TRUE(ScanOne().by_default);
  host_.Set("/sys/kernel/iommu_groups/5/type", "DMA-FQ\n");
  EXPECT_EQ(ScanOne().access, MemoryAccess::kIommu);
  host_.Set("/sys/kernel/iommu_groups/5/type", "identity\n");
  EXPECT_EQ(ScanOne().access, MemoryAccess::kNone);
  EXPECT_FALSE(ScanOne().by_default);
}

// The kernel leaves the port cut off then (fpga_region_program_fpga).
TEST_F(DflTest, AReconfigurationThatFailedIsToldByTheManagerOfTheCard) {
  const std::string manager = kRegion + "dfl-fme.0/dfl-fme-mgr.1/fpga_manager/fpga0/";
  host_.Set("/sys/class/fpga_manager/fpga0", "-> ../../" + manager.substr(5, manager.size() - 6));
  host_.Set(manager + "state", "write error\n");
  host_.Set(manager + "status", "reconfig CRC error\n");
  host_.Set(kPort + "afu_id", "! EBUSY");
  EXPECT_EQ(ScanOne().health, (Health{false, "not configured: write error: reconfig CRC error"}));
  host_.Set(manager + "state", "write\n");
  EXPECT_EQ(ScanOne().health, (Health{false, "reconfiguring (write)"}));
}

TEST_F(DflTest, EbusyMeansReconfiguringAndIsNoProblem) {
  host_.Set(kPort + "afu_id", "! EBUSY");
  const auto found = ScanOf(host_);
  EXPECT_TRUE(found.problems.empty());
  ASSERT_EQ(found.functions.size(), 1u);
  const auto& function = found.functions[0];
  EXPECT_EQ(function.id, "fpga-0000-3b-00-0-port0");
  EXPECT_EQ(function.health, (Health{false, "reconfiguring"}));
  EXPECT_EQ(function.interface, "fpga");
  EXPECT_FALSE(function.by_default);
  EXPECT_TRUE(function.operations.empty());
}

TEST_F(DflTest, AnyOtherErrorIsAProblem) {
  host_.Set(kPort + "afu_id", "! EIO");
  const auto found = ScanOf(host_);
  EXPECT_EQ(found.problems.size(), 1u);
  EXPECT_FALSE(found.functions.at(0).health.healthy);
  host_.Set(kPort + "afu_id", "no id\n");
  EXPECT_EQ(ScanOf(host_).problems.size(), 1u);
}

TEST_F(DflTest, NewContentsAreAnotherInterfaceOfTheSameFunction) {
  const auto before = ScanOne();
  host_.Set(kPort + "afu_id", "00000000000000000000000000000abc\n");
  const auto after = ScanOne();
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(after.interface, "fpga_000000000000");
  EXPECT_EQ(after.operations, std::vector<std::string>{"afu:00000000000000000000000000000abc"});
}

TEST_F(DflTest, PortErrorsAndPowerDownMakeItUnhealthy) {
  host_.Set(kPort + "errors/errors", "0x10\n");
  EXPECT_EQ(ScanOne().health.reason, "port errors 0x10");
  host_.Set(kPort + "power_state", "0x6\n");
  EXPECT_EQ(ScanOne().health.reason, "powered down by thermal throttling (AP6)");
}

TEST_F(DflTest, WhatTheManagementEngineReportsIsAProblemOfTheCard) {
  host_.Set(kRegion + "dfl-fme.0/errors/catfatal_errors", "0x0\n");
  host_.Set(kRegion + "dfl-fme.0/errors/fme_errors", "0x2\n");
  const auto found = ScanOf(host_);
  ASSERT_EQ(found.problems.size(), 1u);
  EXPECT_EQ(found.problems[0].message, "the card's management engine reports 0x2");
  EXPECT_TRUE(found.functions.at(0).health.healthy);
}

TEST_F(DflTest, TheManagerOfTheManagementEngineIsNoFunction) {
  const auto manager = kCard.substr(0, kCard.size() - 1) + "/fpga_region/region0/dfl-fme.0/dfl-fme-mgr.0/fpga_manager/fpga0";
  host_.Set("/sys/class/fpga_manager/fpga0", "-> ../../" + manager.substr(5));
  host_.Set(manager + "/state", "unknown\n");
  EXPECT_EQ(ScanOf(host_).functions.size(), 1u);
}

TEST(FpgaManager, WithoutARegionIsShownAsItIs) {
  const std::string manager = "/sys/devices/platform/f8007000.devcfg/fpga_manager/fpga0";
  const FakeHost host = {{"/sys/class/fpga_manager/fpga0", "-> ../../" + manager.substr(5)},
                         {manager + "/state", "write error\n"},
                         {manager + "/status", ""}};
  const auto found = ScanOf(host);
  ASSERT_EQ(found.functions.size(), 1u);
  const auto& function = found.functions[0];
  EXPECT_EQ(function.id, "fpga-f8007000-devcfg");
  EXPECT_EQ(function.health.reason, "not configured: write error");
  EXPECT_EQ(function.access_note, "no node: its FPGA manager has no region");
  EXPECT_TRUE(function.queues.empty());
}

TEST_F(DflTest, TwoPortsOfOneCardAreTwoFunctionsOfIt) {
  host_.Set(kRegion + "dfl-port.3/id", "1\n");
  host_.Set(kRegion + "dfl-port.3/afu_id", "! EBUSY");
  const auto found = ScanOf(host_);
  ASSERT_EQ(found.functions.size(), 2u);
  EXPECT_TRUE(found.functions[0].health.healthy);
  EXPECT_EQ(found.functions[1].health.reason, "reconfiguring");
  EXPECT_EQ(found.functions[0].card, found.functions[1].card);
}

TEST_F(DflTest, TheRegionsBelowTheManagementEngineAreNotShownTwice) {
  const std::string below = "dfl-fme.0/dfl-fme-region.1/fpga_region/region1";
  host_.Set("/sys/class/fpga_region/region1",
            "-> ../../devices/pci0000:3a/0000:3a:00.0/0000:3b:00.0/fpga_region/region0/" + below);
  host_.Set(kRegion + below + "/compat_id", "9926ab6d6c925a68aabca7d84c545738\n");
  EXPECT_EQ(ScanOf(host_).functions.size(), 1u);
}

// A card of two regions without ports, under one manager.
class RegionTest : public testing::Test {
 protected:
  RegionTest()
      : host_{{"/sys/class/fpga_manager/fpga0", "-> ../../devices/platform/swfpga.0/fpga_manager/fpga0"},
              {kBoard + "fpga_manager/fpga0/state", "operating\n"},
              {kBoard + "fpga_manager/fpga0/name", "software FPGA\n"}} {
    for (const std::string n : {"0", "1"}) {
      const std::string device = "platform/swfpga.0/part." + n;
      host_.Set("/sys/class/fpga_region/region" + n, "-> ../../devices/" + device + "/fpga_region/region" + n);
      host_.Set("/sys/class/fpga_bridge/br" + n, "-> ../../devices/" + device + "/fpga_bridge/br" + n);
      host_.Set("/sys/devices/" + device + "/fpga_bridge/br" + n + "/state", "enabled\n");
      host_.Set("/sys/devices/" + device + "/fpga_region/region" + n + "/compat_id",
                n + "0000000000000000000000000000000\n");
    }
  }

  FakeHost host_;
};

TEST_F(RegionTest, TwoRegionsShareACard) {
  const auto found = ScanOf(host_);
  EXPECT_TRUE(found.problems.empty());
  ASSERT_EQ(found.functions.size(), 2u);
  EXPECT_EQ(found.functions[0].id, "fpga-part-0");
  EXPECT_EQ(found.functions[0].card, "card-swfpga-0");
  EXPECT_EQ(found.functions[1].card, "card-swfpga-0");
  EXPECT_EQ(found.functions[1].interface, "fpga_100000000000");
  EXPECT_TRUE(found.functions[1].queues.empty());
}

TEST_F(RegionTest, ADisabledBridgeConcernsItsRegionOnly) {
  host_.Set(kBoard + "part.1/fpga_bridge/br1/state", "disabled\n");
  const auto found = ScanOf(host_);
  EXPECT_TRUE(found.functions.at(0).health.healthy);
  EXPECT_EQ(found.functions.at(1).health.reason, "its bridge is disabled");
}

TEST_F(RegionTest, AManagerThatWritesIsReconfiguring) {
  host_.Set(kBoard + "fpga_manager/fpga0/state", "write\n");
  host_.Set(kBoard + "part.0/fpga_bridge/br0/state", "disabled\n");
  EXPECT_EQ(ScanOf(host_).functions.at(0).health.reason, "reconfiguring (write)");
  host_.Set(kBoard + "fpga_manager/fpga0/state", "parse header\n");
  EXPECT_EQ(ScanOf(host_).functions.at(0).health.reason, "reconfiguring (parse header)");
}

// As drivers/fpga/of-fpga-region.c has it: none is above another.
TEST(DeviceTreeRegion, HasTheManagerAndBridgesThatTheTreeGivesIt) {
  const std::string tree = "/sys/firmware/devicetree/base/soc/";
  FakeHost host{{"/sys/class/fpga_manager/fpga0", "-> ../../devices/platform/ff706000.fpga-mgr/fpga_manager/fpga0"},
                {"/sys/devices/platform/ff706000.fpga-mgr/fpga_manager/fpga0/state", "operating\n"},
                {"/sys/devices/platform/ff706000.fpga-mgr/of_node", "-> ../../../firmware/devicetree/base/soc/mgr"},
                {tree + "mgr/phandle", std::string("\0\0\0\x07", 4)},
                {"/sys/class/fpga_bridge/br0", "-> ../../devices/platform/ff400000.bridge/fpga_bridge/br0"},
                {"/sys/devices/platform/ff400000.bridge/fpga_bridge/br0/state", "enabled\n"},
                {"/sys/devices/platform/ff400000.bridge/of_node", "-> ../../../firmware/devicetree/base/soc/bridge"},
                {tree + "bridge/phandle", std::string("\0\0\0\x09", 4)},
                {"/sys/class/fpga_region/region0", "-> ../../devices/platform/region/fpga_region/region0"},
                {"/sys/devices/platform/region/fpga_region/region0/uevent", ""},
                {"/sys/devices/platform/region/of_node", "-> ../../../firmware/devicetree/base/soc/region"},
                {tree + "region/fpga-mgr", std::string("\0\0\0\x07", 4)},
                {tree + "region/fpga-bridges", std::string("\0\0\0\x08\0\0\0\x09", 8)}};
  EXPECT_TRUE(ScanOf(host).functions.at(0).health.healthy);
  EXPECT_EQ(ScanOf(host).functions.at(0).card, "card-ff706000-fpga-mgr");
  host.Set("/sys/devices/platform/ff400000.bridge/fpga_bridge/br0/state", "disabled\n");
  EXPECT_EQ(ScanOf(host).functions.at(0).health.reason, "its bridge is disabled");
  host.Set("/sys/devices/platform/ff706000.fpga-mgr/fpga_manager/fpga0/state", "write\n");
  EXPECT_EQ(ScanOf(host).functions.at(0).health.reason, "reconfiguring (write)");
}

TEST_F(RegionTest, AManagerAtWorkOnOneRegionLeavesTheOthersOfItsCardHealthy) {
  host_.Set(kBoard + "part.0/fpga_bridge/br0/state", "disabled\n");
  for (const char* state : {"write\n", "parse header error\n"}) {
    host_.Set(kBoard + "fpga_manager/fpga0/state", state);
    const auto found = ScanOf(host_);
    EXPECT_FALSE(found.functions.at(0).health.healthy);
    EXPECT_EQ(found.functions.at(1).health, Health{});
  }
}

TEST_F(RegionTest, WithoutABridgeTheManagerAloneTells) {
  host_.Set(kBoard + "fpga_manager/fpga0/state", "write\n");
  host_.Remove("/sys/class/fpga_bridge/br1");
  EXPECT_EQ(ScanOf(host_).functions.at(1).health.reason, "reconfiguring (write)");
}

TEST_F(RegionTest, AManagerThatFailedSaysWhy) {
  host_.Set(kBoard + "fpga_manager/fpga0/state", "write error\n");
  host_.Set(kBoard + "fpga_manager/fpga0/status", "reconfig CRC error\n");
  host_.Set(kBoard + "part.0/fpga_bridge/br0/state", "disabled\n");
  EXPECT_EQ(ScanOf(host_).functions.at(0).health.reason, "not configured: write error: reconfig CRC error");
}

TEST(FpgaManager, TellsSeveralErrorsInOneLineAndNoneWhereItsDriverHasNone) {
  const std::string manager = "/sys/devices/platform/f8007000.devcfg/fpga_manager/fpga0";
  FakeHost host = {{"/sys/class/fpga_manager/fpga0", "-> ../../" + manager.substr(5)},
                   {manager + "/state", "write error\n"},
                   {manager + "/status", "reconfig operation error\nreconfig CRC error\n"}};
  EXPECT_EQ(ScanOf(host).functions.at(0).health.reason,
            "not configured: write error: reconfig operation error, reconfig CRC error");
  host.Set(manager + "/status", "! ENOENT");
  EXPECT_EQ(ScanOf(host).functions.at(0).health.reason, "not configured: write error");
  EXPECT_TRUE(ScanOf(host).problems.empty());
}

TEST_F(RegionTest, ARegionWithNothingLoadedHasNoOperations) {
  host_.Set(kBoard + "part.0/fpga_region/region0/compat_id", "! ENOENT");
  const auto found = ScanOf(host_);
  EXPECT_TRUE(found.problems.empty());
  EXPECT_TRUE(found.functions.at(0).operations.empty());
  EXPECT_EQ(found.functions.at(0).interface, "fpga");
}

}  // namespace
}  // namespace nacelle
