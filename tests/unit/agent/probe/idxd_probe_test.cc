// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/idxd_probe.h"

#include <gtest/gtest.h>

#include <map>

#include "core/config/hardware_file.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

const std::string kPci = "/sys/devices/pci0000:6a/0000:6a:01.0";
const std::string kDsa = kPci + "/dsa0/";

// A DSA with one shared queue, as the kernel shows it once it is enabled.
class IdxdProbeTest : public testing::Test {
 protected:
  IdxdProbeTest()
      : host_{{kPci + "/vendor", "0x8086\n"},
              {kPci + "/device", "0x0b25\n"},
              {kPci + "/numa_node", "0\n"},
              {kPci + "/driver", "-> ../../../bus/pci/drivers/idxd"},
              {"/sys/bus/dsa/devices/dsa0", "-> ../../../devices/pci0000:6a/0000:6a:01.0/dsa0"},
              {"/sys/bus/dsa/devices/wq0.0", "-> ../../../devices/pci0000:6a/0000:6a:01.0/dsa0/wq0.0"},
              {kDsa + "state", "enabled\n"},
              {kDsa + "version", "0x100\n"},
              {kDsa + "pasid_enabled", "1\n"},
              {kDsa + "op_cap", "00000000,00000000,00000000,00000000,00000000,00000000,00000000,0003000d\n"}} {
    AddQueue(0, "user", "shared");
  }

  void AddQueue(int index, const std::string& type, const std::string& mode) {
    const std::string name = "wq0." + std::to_string(index);
    host_.Set("/sys/bus/dsa/devices/" + name, "-> ../../../devices/pci0000:6a/0000:6a:01.0/dsa0/" + name);
    host_.Set(kDsa + name + "/type", type + "\n");
    host_.Set(kDsa + name + "/mode", mode + "\n");
    host_.Set(kDsa + name + "/state", "enabled\n");
    host_.Set(kDsa + name + "/driver_name", type == "user" ? "user\n" : "dmaengine\n");
    if (type == "user") host_.Set("/dev/dsa/" + name, "c 240:" + std::to_string(index));
  }

  Findings Scan() {
    auto found = IdxdProbe(table_).Scan(host_.root());
    EXPECT_TRUE(found);
    return found ? *std::move(found) : Findings{};
  }
  Function ScanOne() {
    auto found = Scan();
    EXPECT_EQ(found.functions.size(), 1u);
    return found.functions.empty() ? Function{} : found.functions.front();
  }

  HardwareTable table_ = BuiltinHardware();
  FakeHost host_;
};

TEST_F(IdxdProbeTest, ASharedQueueMakesASharedFunction) {
  const auto function = ScanOne();
  EXPECT_EQ(function.id, "idxd-0000-6a-01-0-shared");
  EXPECT_EQ(function.interface, "dsa_shared");
  EXPECT_EQ(function.operations, (std::vector<std::string>{"crc32c", "memmove"}));
  EXPECT_EQ(function.access, MemoryAccess::kSva);
  EXPECT_EQ(function.card, "card-0000-6a-01");
  EXPECT_EQ(function.numa, 0);
  ASSERT_EQ(function.queues.size(), 1u);
  EXPECT_EQ(function.queues[0].id, "idxd-0000-6a-01-0-wq0");
  EXPECT_EQ(function.queues[0].nodes, (std::vector<DeviceNode>{{"/dev/dsa/wq0.0", 240, 0}}));
  EXPECT_TRUE(function.queues[0].health.healthy);
  EXPECT_EQ(function.queues[0].links.size(), 2u);  // dsa0 and wq0.0
}

TEST_F(IdxdProbeTest, EachModeIsAFunctionOfTheSameCard) {
  AddQueue(1, "user", "dedicated");
  const auto found = Scan();
  ASSERT_EQ(found.functions.size(), 2u);
  EXPECT_EQ(found.functions[0].interface, "dsa_dedicated");
  EXPECT_EQ(found.functions[1].interface, "dsa_shared");
  EXPECT_EQ(found.functions[0].card, found.functions[1].card);
}

// Before 6.1 one could be enabled all the same.
TEST_F(IdxdProbeTest, WithoutPasidAQueueIsShownWithTheReason) {
  host_.Set("/proc/sys/kernel/osrelease", "5.15.0-91-generic\n");
  host_.Set(kDsa + "pasid_enabled", "0\n");
  const auto function = ScanOne();
  EXPECT_EQ(function.access, MemoryAccess::kNone);
  EXPECT_EQ(function.queues.at(0).health.reason,
            "no PASID: user queues need VT-d scalable mode (intel_iommu=on,sm_on)");
}

// As kernels since 6.2 show it, whose own PASID the attribute tells of.
TEST_F(IdxdProbeTest, AnEnabledUserQueueProvesThatProgramsHavePasids) {
  host_.Set("/proc/sys/kernel/osrelease", "6.8.0-40-generic\n");
  host_.Set(kDsa + "pasid_enabled", "0\n");
  EXPECT_EQ(ScanOne().access, MemoryAccess::kSva);
  EXPECT_TRUE(ScanOne().queues.at(0).health.healthy);
  host_.Set(kDsa + "wq0.0/type", "kernel\n");
  EXPECT_EQ(ScanOne().access, MemoryAccess::kNone);
}

// A process of the host may have it, which no pod's holdings tell.
TEST_F(IdxdProbeTest, WhoHasAQueueOpenIsAFigureOfUseAndChangesNoFunction) {
  host_.Set(kDsa + "wq0.0/clients", "0\n");
  const auto idle = Scan();
  EXPECT_EQ(idle.clients, (std::map<std::string, int>{{"idxd-0000-6a-01-0-wq0", 0}}));
  host_.Set(kDsa + "wq0.0/clients", "1\n");
  const auto used = Scan();
  EXPECT_EQ(used.clients, (std::map<std::string, int>{{"idxd-0000-6a-01-0-wq0", 1}}));
  EXPECT_EQ(used.functions, idle.functions);
}

TEST_F(IdxdProbeTest, AffectedSiliconNamesItsAdvisory) {
  EXPECT_NE(ScanOne().access_note.find("INTEL-SA-01084"), std::string::npos);
}

TEST_F(IdxdProbeTest, AKernelThatRefusesSvaMakesItsQueuesUnhealthy) {
  host_.Set("/proc/sys/kernel/osrelease", "6.12.117\n");
  host_.Set("/proc/sys/kernel/arch", "x86_64\n");
  EXPECT_EQ(ScanOne().queues.at(0).health.reason,
            "this kernel refuses every SVA bind on x86 (stable backport of 72f98ef9a4be)");
}

TEST_F(IdxdProbeTest, AKernelQueueIsShownButNotOffered) {
  host_.Remove(kDsa + "wq0.0");
  AddQueue(0, "kernel", "dedicated");
  const auto function = ScanOne();
  EXPECT_EQ(function.id, "idxd-0000-6a-01-0");
  EXPECT_TRUE(function.queues.empty());
  EXPECT_EQ(function.access_note, "used by the kernel: wq0 (dmaengine)");
}

TEST_F(IdxdProbeTest, ADeviceWithoutQueuesIsShownWithWhatToDo) {
  host_.Set(kDsa + "wq0.0/type", "none\n");
  const auto function = ScanOne();
  EXPECT_EQ(function.access_note, "no user queue is configured (accel-config)");
  EXPECT_EQ(function.operations, (std::vector<std::string>{"crc32c", "memmove"}));
}

TEST_F(IdxdProbeTest, OpConfigTakesOperationsAway) {
  host_.Set(kDsa + "wq0.0/op_config", "00000000,00000000,00000000,00000000,00000000,00000000,00000000,0000000d\n");
  EXPECT_EQ(ScanOne().operations, std::vector<std::string>{"memmove"});
}

TEST_F(IdxdProbeTest, QueuesThatAllowOtherOperationsAreOtherFunctions) {
  AddQueue(1, "user", "shared");
  AddQueue(2, "user", "shared");
  host_.Set(kDsa + "wq0.0/op_config", "00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000009\n");
  for (const char* queue : {"wq0.1", "wq0.2"}) {
    host_.Set(kDsa + queue + "/op_config", "00000000,00000000,00000000,00000000,00000000,00000000,00000000,00010001\n");
  }
  const auto functions = Scan().functions;
  ASSERT_EQ(functions.size(), 2u);
  std::map<std::string, std::vector<std::string>> operations;
  for (const auto& function : functions) {
    EXPECT_EQ(function.interface, "dsa_shared");
    operations[function.id] = function.operations;
  }
  EXPECT_EQ(operations, (std::map<std::string, std::vector<std::string>>{{"idxd-0000-6a-01-0-shared", {"memmove"}},
                                                                         {"idxd-0000-6a-01-0-shared-wq1", {"crc32c"}}}));
}

TEST_F(IdxdProbeTest, TheOperationsOfADisabledQueueTakeNoneFromTheOthers) {
  AddQueue(1, "user", "shared");
  host_.Set(kDsa + "wq0.1/state", "disabled\n");
  host_.Set(kDsa + "wq0.1/op_config", "00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000\n");
  const auto function = ScanOne();
  EXPECT_EQ(function.operations, (std::vector<std::string>{"crc32c", "memmove"}));
  EXPECT_TRUE(function.queues.at(0).health.healthy);
  EXPECT_EQ(function.queues.at(1).health.reason, "queue is disabled");
}

TEST_F(IdxdProbeTest, OneProgramCanHaveADedicatedQueue) {
  EXPECT_FALSE(ScanOne().queues.at(0).instances);
  host_.Set(kDsa + "wq0.0/mode", "dedicated\n");
  EXPECT_EQ(ScanOne().queues.at(0).instances, 1);
}

TEST_F(IdxdProbeTest, WhatTheQueueIsConfiguredForIsShown) {
  host_.Set(kDsa + "wq0.0/size", "16\n");
  host_.Set(kDsa + "wq0.0/group_id", "-1\n");
  host_.Set(kDsa + "wq0.0/threshold", "12\n");
  EXPECT_EQ(ScanOne().queues.at(0).figures,
            (std::map<std::string, long long>{{"group_id", -1}, {"size", 16}, {"threshold", 12}}));
}

TEST_F(IdxdProbeTest, ASharedQueueNeedsEnqcmd) {
  host_.Set("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu enqcmd movdir64b\n\n");
  EXPECT_TRUE(ScanOne().queues.at(0).health.healthy);
  host_.Set("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu movdir64b\n\n");
  EXPECT_EQ(ScanOne().queues.at(0).health.reason,
            "no ENQCMD, by which programs submit to a shared queue: the processor or the kernel lacks it");
  host_.Set(kDsa + "wq0.0/mode", "dedicated\n");
  EXPECT_TRUE(ScanOne().queues.at(0).health.healthy);
}

TEST_F(IdxdProbeTest, ADisabledQueueOrDeviceSaysSo) {
  host_.Set(kDsa + "wq0.0/state", "disabled\n");
  EXPECT_EQ(ScanOne().queues.at(0).health.reason, "queue is disabled");
  host_.Set(kDsa + "state", "halted\n");
  EXPECT_EQ(ScanOne().health.reason, "device is halted");
}

TEST_F(IdxdProbeTest, UnreadableQueueIsAProblemNotAFailure) {
  host_.Set(kDsa + "wq0.0/state", "! EIO");
  const auto found = Scan();
  ASSERT_EQ(found.functions.size(), 1u);
  EXPECT_FALSE(found.functions[0].queues.at(0).health.healthy);
  EXPECT_EQ(found.problems.size(), 1u);
}

TEST_F(IdxdProbeTest, TheIndexOfTheKernelIsInNoId) {
  host_.Remove("/sys/bus/dsa/devices");
  host_.Remove(kPci + "/dsa0");
  const std::string path = kPci + "/iax7";
  host_.Set("/sys/bus/dsa/devices/iax7", "-> ../../../devices/pci0000:6a/0000:6a:01.0/iax7");
  host_.Set(path + "/state", "enabled\n");
  host_.Set(path + "/op_cap", "0xd 0x1c 0 0\n");  // before 6.3
  host_.Set(path + "/wq7.2/type", "user\n");
  host_.Set(path + "/wq7.2/mode", "dedicated\n");
  const auto function = ScanOne();
  EXPECT_EQ(function.interface, "iaa_dedicated");
  EXPECT_EQ(function.operations, (std::vector<std::string>{"crc64", "deflate", "inflate", "memmove"}));
  EXPECT_EQ(function.queues.at(0).id, "idxd-0000-6a-01-0-wq2");
  EXPECT_EQ(function.queues.at(0).nodes.at(0).path, "/dev/iax/wq7.2");
}

TEST_F(IdxdProbeTest, AnIaaThatOnlyDecompressesIsNotOfferedAsDeflate) {
  host_.Remove("/sys/bus/dsa/devices");
  host_.Remove(kPci + "/dsa0");
  const std::string path = kPci + "/iax7";
  host_.Set("/sys/bus/dsa/devices/iax7", "-> ../../../devices/pci0000:6a/0000:6a:01.0/iax7");
  host_.Set(path + "/state", "enabled\n");
  host_.Set(path + "/op_cap", "00000000,00000000,00000000,00000000,00000000,00000004,00000000,00000000\n");
  host_.Set(path + "/wq7.0/type", "user\n");
  host_.Set(path + "/wq7.0/mode", "shared\n");
  EXPECT_EQ(ScanOne().operations, std::vector<std::string>{"inflate"});
}

TEST(IdxdProbe, AMachineWithoutItHasNone) {
  const FakeHost host{{"/sys/class", "/"}};
  const HardwareTable table;
  const auto found = IdxdProbe(table).Scan(host.root());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->functions.empty());
  EXPECT_TRUE(found->problems.empty());
}

TEST(IdxdProbe, WithoutSysTheFamilyIsUnknownNotEmpty) {
  const FakeHost host{};
  const HardwareTable table;
  EXPECT_FALSE(IdxdProbe(table).Scan(host.root()));
}

}  // namespace
}  // namespace nacelle
