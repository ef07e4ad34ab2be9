// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/ocxl_probe.h"

#include <gtest/gtest.h>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

const std::string kFunction = "/sys/devices/pci0004:00/0004:00:00.1";
const std::string kName = "IBM,oc-snap.0004:00:00.1.0";
const std::string kUnit = kFunction + "/ocxlfn.0004:00:00.1/ocxl/" + kName;

class OcxlProbeTest : public testing::Test {
 protected:
  OcxlProbeTest()
      : host_{{"/sys/class/ocxl/" + kName, "-> ../../devices/pci0004:00/0004:00:00.1/ocxlfn.0004:00:00.1/ocxl/" + kName},
              {kFunction + "/vendor", "0x1014\n"},
              {kFunction + "/device", "0x062b\n"},
              {kFunction + "/numa_node", "8\n"},
              {kFunction + "/driver", "-> ../../../bus/pci/drivers/ocxl"},
              {kUnit + "/contexts", "3/512\n"},
              {"/dev/ocxl/" + kName, "c 511:0"}} {}

  FakeHost host_;
};

TEST_F(OcxlProbeTest, AUnitIsAFunctionInThePlaceOfItsPciFunction) {
  const auto found = OcxlProbe().Scan(host_.root());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->problems.empty());
  ASSERT_EQ(found->functions.size(), 1u);
  const auto& function = found->functions[0];
  EXPECT_EQ(function.id, MakeId("ocxl", kName));
  EXPECT_EQ(function.interface, "ocxl_ibm_oc_snap");
  EXPECT_EQ(function.access, MemoryAccess::kSva);
  EXPECT_EQ(function.vendor, "1014");
  EXPECT_EQ(function.driver, "ocxl");
  EXPECT_EQ(function.numa, 8);
  EXPECT_EQ(function.path, kUnit);
  EXPECT_EQ(function.queues.at(0).instances, 512);
  EXPECT_EQ(function.queues.at(0).nodes, (std::vector<DeviceNode>{{"/dev/ocxl/" + kName, 511, 0}}));
}

TEST_F(OcxlProbeTest, ContextsThatMakeNoSenseAreAProblem) {
  host_.Set(kUnit + "/contexts", "3/many\n");
  const auto found = OcxlProbe().Scan(host_.root());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->problems, (std::vector<Problem>{{kUnit + "/contexts", "expected IN_USE/ALL, not '3/many'"}}));
  EXPECT_EQ(found->functions.at(0).queues.at(0).instances, std::nullopt);
}

}  // namespace
}  // namespace nacelle
