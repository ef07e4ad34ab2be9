// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/qat_probe.h"

#include <gtest/gtest.h>

#include "core/config/hardware_file.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

const std::string kBus = "/sys/devices/pci0000:6b/";
const std::string kPf = kBus + "0000:6b:00.0/";
const std::string kVf = kBus + "0000:6b:00.1/";

// A 4xxx with one virtual function under vfio-pci.
class QatProbeTest : public testing::Test {
 protected:
  QatProbeTest()
      : host_{{"/sys/class", "/"},
              {"/sys/bus/pci/drivers/4xxx/0000:6b:00.0", "-> ../../../../devices/pci0000:6b/0000:6b:00.0"},
              {"/sys/bus/pci/drivers/4xxx/module", "-> ../../../../module/qat_4xxx"},
              {"/sys/bus/pci/drivers/vfio-pci/0000:6b:00.1", "-> ../../../../devices/pci0000:6b/0000:6b:00.1"},
              {kPf + "vendor", "0x8086\n"},
              {kPf + "device", "0x4940\n"},
              {kPf + "driver", "-> ../../../bus/pci/drivers/4xxx"},
              {kPf + "qat/state", "up\n"},
              {kPf + "qat/cfg_services", "sym;asym\n"},
              {kPf + "virtfn0", "-> ../0000:6b:00.1"},
              {kVf + "vendor", "0x8086\n"},
              {kVf + "device", "0x4941\n"},
              {kVf + "physfn", "-> ../0000:6b:00.0"},
              {kVf + "driver", "-> ../../../bus/pci/drivers/vfio-pci"},
              {kVf + "iommu_group", "-> ../../../kernel/iommu_groups/42"},
              {"/dev/vfio/vfio", "c 10:196"},
              {"/dev/vfio/42", "c 511:0"}} {}

  std::map<std::string, Function> Scan() {
    const auto table = BuiltinHardware();
    auto found = QatProbe(table).Scan(host_.root());
    EXPECT_TRUE(found);
    std::map<std::string, Function> functions;
    if (!found) return functions;
    EXPECT_TRUE(found->problems.empty());
    for (auto& function : found->functions) EXPECT_TRUE(functions.emplace(function.id, function).second);
    return functions;
  }

  FakeHost host_;
};

TEST_F(QatProbeTest, AVirtualFunctionIsReachedByItsGroup) {
  const auto functions = Scan();
  ASSERT_EQ(functions.size(), 2u);
  const auto& vf = functions.at("qat-0000-6b-00-1");
  EXPECT_EQ(vf.interface, "qat_asym_sym");
  EXPECT_EQ(vf.access, MemoryAccess::kIommu);
  EXPECT_TRUE(vf.by_default);
  ASSERT_EQ(vf.queues.size(), 1u);
  EXPECT_EQ(vf.queues[0].nodes,
            (std::vector<DeviceNode>{{"/dev/vfio/42", 511, 0}, {"/dev/vfio/vfio", 10, 196, true}}));
  EXPECT_EQ(vf.queues[0].environment, (std::map<std::string, std::string>{{"QAT_POLICY", "1"}}));
  EXPECT_TRUE(vf.queues[0].health.healthy) << vf.queues[0].health.reason;
}

TEST_F(QatProbeTest, ThePhysicalFunctionIsShownWithoutQueuesOnTheSameCard) {
  const auto functions = Scan();
  const auto& pf = functions.at("qat-0000-6b-00-0");
  EXPECT_TRUE(pf.queues.empty());
  EXPECT_EQ(pf.access_note, "serves the kernel; containers get its virtual functions");
  EXPECT_EQ(pf.card, functions.at("qat-0000-6b-00-1").card);
}

TEST_F(QatProbeTest, TheOrderOfServicesMeansNothing) {
  const auto before = Scan();
  host_.Set(kPf + "qat/cfg_services", "asym;sym\n");
  EXPECT_EQ(Scan(), before);
}

TEST_F(QatProbeTest, AServiceDecidesTheOperations) {
  host_.Set(kPf + "qat/cfg_services", "dc\n");
  const auto vf = Scan().at("qat-0000-6b-00-1");
  EXPECT_EQ(vf.interface, "qat_dc");
  EXPECT_EQ(vf.operations, (std::vector<std::string>{"deflate", "inflate"}));
  EXPECT_EQ(vf.queues.at(0).instances, 1);
}

TEST_F(QatProbeTest, WhatOnlyDecompressesIsNotOfferedAsDeflate) {
  host_.Set(kPf + "qat/cfg_services", "decomp\n");
  EXPECT_EQ(Scan().at("qat-0000-6b-00-1").operations, std::vector<std::string>{"inflate"});
}

TEST_F(QatProbeTest, OneWhoseGroupGivesAnotherDeviceIsOfferedOnRequestAndNamesIt) {
  host_.Set("/sys/kernel/iommu_groups/42/devices/0000:6b:00.1", "-> ../../../../devices/pci0000:6b/0000:6b:00.1");
  host_.Set("/sys/kernel/iommu_groups/42/devices/0000:6b:03.0", "-> ../../../../devices/pci0000:6b/0000:6b:03.0");
  host_.Set(kBus + "0000:6b:03.0/driver", "-> ../../../bus/pci/drivers/vfio-pci");
  const auto vf = Scan().at("qat-0000-6b-00-1");
  EXPECT_FALSE(vf.by_default);
  EXPECT_EQ(vf.access_note, "its group also gives 0000:6b:03.0");
  EXPECT_TRUE(vf.queues.at(0).health.healthy);
}

TEST_F(QatProbeTest, ADeviceThatIsDownTakesItsVirtualFunctionsAlong) {
  host_.Set(kPf + "qat/state", "down\n");
  for (const auto& [id, function] : Scan()) EXPECT_EQ(function.health.reason, "device is down") << id;
}

TEST_F(QatProbeTest, ALostHeartbeatIsSeenWhereDebugfsCanBeRead) {
  const std::string file = "/sys/kernel/debug/qat_4xxx_0000:6b:00.0/heartbeat/status";
  host_.Set(file, "-1\n");
  EXPECT_EQ(Scan().at("qat-0000-6b-00-1").health.reason, "heartbeat: the device does not answer");
  host_.Set(file, "! EACCES");
  EXPECT_TRUE(Scan().at("qat-0000-6b-00-1").health.healthy);
}

TEST_F(QatProbeTest, AGroupWithoutIommuHasAnotherNodeAndSaysSo) {
  host_.Set("/sys/kernel/iommu_groups/42/name", "vfio-noiommu\n");
  host_.Set("/sys/class/vfio/noiommu-42", "-> ../../devices/virtual/vfio/noiommu-42");
  host_.Set("/dev/vfio/noiommu-42", "c 511:0");
  const auto vf = Scan().at("qat-0000-6b-00-1");
  EXPECT_EQ(vf.queues.at(0).nodes.at(0).path, "/dev/vfio/noiommu-42");
  EXPECT_EQ(vf.access, MemoryAccess::kNone);
  EXPECT_EQ(vf.access_note, "no IOMMU: the device reaches all memory");
  EXPECT_FALSE(vf.by_default);
}

TEST_F(QatProbeTest, AGroupThatTheKernelSharesCannotBeUsed) {
  host_.Set("/sys/kernel/iommu_groups/42/devices/0000:6b:00.1", "-> ../../../../devices/pci0000:6b/0000:6b:00.1");
  host_.Set("/sys/kernel/iommu_groups/42/devices/0000:6b:03.0", "-> ../../../../devices/pci0000:6b/0000:6b:03.0");
  host_.Set(kBus + "0000:6b:03.0/driver", "-> ../../../bus/pci/drivers/nvme");
  EXPECT_EQ(Scan().at("qat-0000-6b-00-1").queues.at(0).health.reason,
            "IOMMU group 42 also holds 0000:6b:03.0, which driver nvme keeps for the kernel");
}

TEST_F(QatProbeTest, AVirtualFunctionUnderTheKernelsDriverIsShownWithoutQueue) {
  host_.Set(kVf + "driver", "-> ../../../bus/pci/drivers/c6xxvf");
  const auto vf = Scan().at("qat-0000-6b-00-1");
  EXPECT_TRUE(vf.queues.empty());
  EXPECT_EQ(vf.access_note, "serves the kernel only: driver c6xxvf holds it, not vfio-pci");
}

TEST_F(QatProbeTest, AVirtualFunctionWithoutDriverIsNotClaimed) {
  host_.Remove(kVf + "driver");
  host_.Remove("/sys/bus/pci/drivers/vfio-pci");
  EXPECT_EQ(Scan().size(), 1u);
}

TEST_F(QatProbeTest, InAGuestTheVirtualFunctionStandsAlone) {
  host_.Remove("/sys/bus/pci/drivers/4xxx");
  host_.Remove(kVf + "physfn");
  const auto functions = Scan();
  ASSERT_EQ(functions.size(), 1u);
  EXPECT_EQ(functions.at("qat-0000-6b-00-1").interface, "qat");
}

// Whether after an event at `path` what was found before is mended to what is there.
class QatRescanTest : public QatProbeTest {
 protected:
  QatRescanTest() : table_(BuiltinHardware()), probe_(table_), last_(*probe_.Scan(host_.root())) {}

  void ExpectSeenBy(const std::string& path) {
    const auto now = probe_.Scan(host_.root());
    ASSERT_TRUE(now);
    EXPECT_NE(*now, last_);
    EXPECT_EQ(*probe_.Rescan(host_.root(), last_, {path}), *now);
  }

  const HardwareTable table_;
  const QatProbe probe_;
  const Findings last_;
};

TEST_F(QatRescanTest, AVirtualFunctionIsReadAgainAfterItsOwnEventOnly) {
  host_.Set(kVf + "driver", "-> ../../../bus/pci/drivers/c6xxvf");
  EXPECT_EQ(*probe_.Rescan(host_.root(), last_, {"/sys/devices/pci0000:6b/0000:6b:00.2"}), last_);
  ExpectSeenBy("/sys/devices/pci0000:6b/0000:6b:00.1");
}

TEST_F(QatRescanTest, WhatAPhysicalFunctionSaysGoesForItsVirtualFunctions) {
  host_.Set(kPf + "qat/cfg_services", "dc\n");
  ExpectSeenBy("/sys/devices/pci0000:6b/0000:6b:00.0");
  host_.Set(kPf + "qat/cfg_services", "sym;asym\n");
  host_.Set(kPf + "qat/state", "down\n");
  ExpectSeenBy("/sys/devices/pci0000:6b/0000:6b:00.0");
}

TEST_F(QatRescanTest, AVirtualFunctionThatGoesIsMissed) {
  host_.Remove(kPf + "virtfn0");
  host_.Remove("/sys/bus/pci/drivers/vfio-pci");
  ExpectSeenBy("/sys/devices/pci0000:6b/0000:6b:00.1");
}

TEST_F(QatRescanTest, OfTwoPhysicalFunctionsOnOneCardEachSpeaksForItself) {
  const std::string second = "/sys/devices/pci0000:6b/0000:6b:00.7";
  host_.Set("/sys/bus/pci/drivers/4xxx/0000:6b:00.7", "-> ../../../../devices/pci0000:6b/0000:6b:00.7");
  host_.Set(second + "/driver", "-> ../../../bus/pci/drivers/4xxx");
  host_.Set(second + "/qat/state", "up\n");
  const auto both = *probe_.Scan(host_.root());
  const std::string elsewhere = "/sys/devices/pci0000:6c/0000:6c:00.0";
  host_.Set(elsewhere + "/vendor", "0x8086\n");
  EXPECT_EQ(*probe_.Rescan(host_.root(), both, {elsewhere}), both);
  host_.Set(second + "/qat/state", "down\n");
  EXPECT_EQ(*probe_.Rescan(host_.root(), both, {elsewhere}), *probe_.Scan(host_.root()));
}

// Beside the physical function, so that nothing at its path tells of it.
TEST_F(QatRescanTest, AVirtualFunctionThatComesIsFoundByItsPhysicalOne) {
  const std::string path = "/sys/devices/pci0000:6b/0000:6b:02.0";
  host_.Set(path + "/physfn", "-> ../0000:6b:00.0");
  host_.Set(path + "/driver", "-> ../../../bus/pci/drivers/vfio-pci");
  host_.Set(path + "/iommu_group", "-> ../../../kernel/iommu_groups/43");
  host_.Set(kPf + "virtfn1", "-> ../0000:6b:02.0");
  EXPECT_EQ(*probe_.Rescan(host_.root(), last_, {"/sys/devices/pci0000:6c/0000:6c:00.0"}), *probe_.Scan(host_.root()))
      << "what went unknown may have been any card's";
  host_.Set("/sys/devices/pci0000:6c/0000:6c:00.0/vendor", "0x8086\n");
  EXPECT_EQ(*probe_.Rescan(host_.root(), last_, {"/sys/devices/pci0000:6c/0000:6c:00.0"}), last_) << "of another card";
  ExpectSeenBy(path);
  ExpectSeenBy(path + "/vfio-dev/vfio1");
}

TEST_F(QatRescanTest, AnEventOfTheGroupOrOfADeviceInItConcernsAllInIt) {
  const std::string group = "/sys/kernel/iommu_groups/42/devices/";
  const std::string other = "/sys/devices/pci0000:6b/0000:6b:01.0";
  host_.Set(group + "0000:6b:00.1", "-> ../../../../devices/pci0000:6b/0000:6b:00.1");
  host_.Set(group + "0000:6b:01.0", "-> ../../../../devices/pci0000:6b/0000:6b:01.0");
  host_.Set(other + "/iommu_group", "-> ../../../kernel/iommu_groups/42");
  host_.Set(other + "/driver", "-> ../../../bus/pci/drivers/ixgbe");
  ExpectSeenBy(other);
  ExpectSeenBy("/sys/devices/virtual/vfio/42");
}

TEST_F(QatProbeTest, OtherDevicesUnderVfioAreNotShown) {
  host_.Remove("/sys/bus/pci/drivers/4xxx");
  host_.Set(kVf + "device", "0x1572\n");
  EXPECT_TRUE(Scan().empty());
}

}  // namespace
}  // namespace nacelle
