// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/accel_probe.h"

#include <gtest/gtest.h>

#include "core/config/hardware_file.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

const std::string kPci = "/sys/devices/pci0000:00/0000:00:0b.0/";

class AccelProbeTest : public testing::Test {
 protected:
  AccelProbeTest()
      : host_{{"/sys/class/accel/accel0", "-> ../../devices/pci0000:00/0000:00:0b.0/accel/accel0"},
              {kPci + "accel/accel0/device", "-> ../../../0000:00:0b.0"},
              {kPci + "vendor", "0x8086\n"},
              {kPci + "device", "0x7d1d\n"},
              {kPci + "driver", "-> ../../../bus/pci/drivers/intel_vpu"},
              {"/dev/accel/accel0", "c 261:0"}} {}

  Function ScanOne() {
    const auto table = BuiltinHardware();
    auto found = AccelProbe(table).Scan(host_.root());
    EXPECT_TRUE(found);
    if (!found || found->functions.size() != 1) return {};
    return found->functions.front();
  }

  FakeHost host_;
};

TEST_F(AccelProbeTest, AnNpuIsOfferedUnderItsDriver) {
  const auto function = ScanOne();
  EXPECT_EQ(function.id, "accel-0000-00-0b-0");
  EXPECT_EQ(function.interface, "npu_intel_vpu");
  EXPECT_EQ(function.operations, std::vector<std::string>{"inference"});
  ASSERT_EQ(function.queues.size(), 1u);
  EXPECT_EQ(function.queues[0].nodes, (std::vector<DeviceNode>{{"/dev/accel/accel0", 261, 0}}));
  EXPECT_TRUE(function.queues[0].health.healthy);
}

TEST_F(AccelProbeTest, ADriverThatNobodyKnowsIsShownAllTheSame) {
  host_.Set(kPci + "device", "0xffff\n");
  host_.Set(kPci + "driver", "-> ../../../bus/pci/drivers/newcomer");
  const auto function = ScanOne();
  EXPECT_EQ(function.interface, "npu_newcomer");
  EXPECT_EQ(function.operations, std::vector<std::string>{"compute"});
  EXPECT_EQ(function.queues.size(), 1u);
}

TEST_F(AccelProbeTest, AFunctionThatManagesADeviceIsShownAndNotOffered) {
  host_.Set(kPci + "vendor", "0x1022\n");
  host_.Set(kPci + "device", "0x17f2\n");
  const auto function = ScanOne();
  EXPECT_TRUE(function.queues.empty());
  EXPECT_EQ(function.access_note, "manages the device; programs use its virtual functions");
  host_.Set(kPci + "device", "0x17f3\n");
  EXPECT_EQ(ScanOne().queues.size(), 1u);
}

TEST_F(AccelProbeTest, OneProgramCanHaveAGaudi) {
  EXPECT_FALSE(ScanOne().queues.at(0).instances);
  host_.Set(kPci + "driver", "-> ../../../bus/pci/drivers/habanalabs");
  EXPECT_EQ(ScanOne().queues.at(0).instances, 1);
}

// As drivers/accel/rocket makes it for all its cores.
TEST_F(AccelProbeTest, ADeviceWithoutADriverIsTakenByItsName) {
  const auto table = BuiltinHardware();
  for (const auto& [device, interface] : {std::pair{"rknn", "npu_rknn"}, std::pair{"fdab0000.npu", "npu_npu"}}) {
    const std::string path = std::string("/sys/devices/platform/") + device;
    const FakeHost host{{"/sys/class/accel/accel0", "-> ../../" + path.substr(5) + "/accel/accel0"},
                        {path + "/accel/accel0/device", "-> ../../../" + std::string(device)},
                        {"/dev/accel/accel0", "c 261:0"}};
    const auto found = AccelProbe(table).Scan(host.root());
    ASSERT_TRUE(found);
    ASSERT_EQ(found->functions.size(), 1u);
    EXPECT_EQ(found->functions[0].interface, interface);
    EXPECT_EQ(found->functions[0].operations.at(0), device == std::string("rknn") ? "inference" : "compute");
  }
}

TEST_F(AccelProbeTest, ADeviceThatStandsForCoresHasTheirDriverAndTheirIommu) {
  const auto table = BuiltinHardware();
  FakeHost host{{"/sys/class/accel/accel0", "-> ../../devices/platform/rknn/accel/accel0"},
                {"/sys/devices/platform/rknn/accel/accel0/device", "-> ../../../rknn"},
                {"/sys/bus/platform/drivers/rocket/bind", ""},
                {"/dev/accel/accel0", "c 261:0"}};
  for (const std::string core : {"fdab0000.npu", "fdac0000.npu"}) {
    const auto path = "/sys/devices/platform/" + core;
    const auto group = core == "fdab0000.npu" ? "4" : "5";
    host.Set("/sys/bus/platform/drivers/rocket/" + core, "-> ../../../../devices/platform/" + core);
    host.Set(path + "/driver", "-> ../../../bus/platform/drivers/rocket");
    host.Set(path + "/iommu_group", std::string("-> ../../../kernel/iommu_groups/") + group);
  }
  const auto found = AccelProbe(table).Scan(host.root());
  ASSERT_TRUE(found);
  ASSERT_EQ(found->functions.size(), 1u);
  EXPECT_EQ(found->functions[0].id, "accel-rknn");
  EXPECT_EQ(found->functions[0].interface, "npu_rocket");
  EXPECT_EQ(found->functions[0].operations, std::vector<std::string>{"inference"});
  EXPECT_EQ(found->functions[0].access, MemoryAccess::kIommu);
  host.Set("/sys/kernel/iommu_groups/5/type", "identity\n");
  EXPECT_EQ(AccelProbe(table).Scan(host.root())->functions.at(0).access, MemoryAccess::kUnknown);
}

TEST_F(AccelProbeTest, ADriverThatWasToldToMapBindsNoAddressSpace) {
  host_.Set(kPci + "driver", "-> ../../../bus/pci/drivers/amdxdna");
  host_.Set(kPci + "iommu_group", "-> ../../../kernel/iommu_groups/3");
  host_.Set("/proc/sys/kernel/osrelease", "6.12.117\n");
  host_.Set("/proc/sys/kernel/arch", "x86_64\n");
  host_.Set("/sys/module/amdxdna/parameters/force_iova", "N\n");
  EXPECT_EQ(ScanOne().access, MemoryAccess::kSva);
  host_.Set("/sys/module/amdxdna/parameters/force_iova", "Y\n");
  EXPECT_EQ(ScanOne().access, MemoryAccess::kIommu);
  EXPECT_TRUE(ScanOne().health.healthy);
  host_.Remove(kPci + "iommu_group");
  EXPECT_EQ(ScanOne().access, MemoryAccess::kSva);
}

TEST_F(AccelProbeTest, ItsBuffersAreMappedByTheIommuWhereThereIsOne) {
  EXPECT_EQ(ScanOne().access, MemoryAccess::kUnknown);
  host_.Set(kPci + "iommu_group", "-> ../../../kernel/iommu_groups/3");
  EXPECT_EQ(ScanOne().access, MemoryAccess::kIommu);
  host_.Set("/sys/kernel/iommu_groups/3/type", "identity\n");
  EXPECT_EQ(ScanOne().access, MemoryAccess::kUnknown);
}

TEST_F(AccelProbeTest, TheControlNodeBelongsToTheSameQueue) {
  host_.Set("/sys/class/accel/accel_controlD0", "-> ../../devices/pci0000:00/0000:00:0b.0/accel/accel_controlD0");
  host_.Set("/dev/accel/accel_controlD0", "c 510:1");
  const auto function = ScanOne();
  ASSERT_EQ(function.queues.at(0).nodes.size(), 2u);
  EXPECT_EQ(function.queues[0].nodes[1].path, "/dev/accel/accel_controlD0");
}

TEST_F(AccelProbeTest, TheStatusOfTheDriverDecidesTheHealth) {
  host_.Set(kPci + "status", "Operational\n");
  EXPECT_TRUE(ScanOne().health.healthy);
  host_.Set(kPci + "status", "in reset\n");
  EXPECT_EQ(ScanOne().health.reason, "device is in reset");
}

TEST_F(AccelProbeTest, ADriverThatBindsAtOpenIsUnhealthyWhereTheKernelRefuses) {
  host_.Set(kPci + "driver", "-> ../../../bus/pci/drivers/amdxdna");
  host_.Set("/proc/sys/kernel/osrelease", "6.12.117\n");
  host_.Set("/proc/sys/kernel/arch", "x86_64\n");
  EXPECT_FALSE(ScanOne().health.healthy);
}

TEST_F(AccelProbeTest, AMissingNodeIsTheReason) {
  host_.Remove("/dev/accel/accel0");
  EXPECT_EQ(ScanOne().queues.at(0).health.reason, "/dev/accel/accel0: No such file or directory");
}

}  // namespace
}  // namespace nacelle
