// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/pci_probe.h"

#include <gtest/gtest.h>

#include "core/config/hardware_file.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

class PciProbeTest : public testing::Test {
 protected:
  PciProbeTest()
      : host_{{"/sys/bus/pci/devices/0000:6a:01.0", "-> ../../../devices/pci0000:6a/0000:6a:01.0"},
              {"/sys/devices/pci0000:6a/0000:6a:01.0/vendor", "0x8086\n"},
              {"/sys/devices/pci0000:6a/0000:6a:01.0/device", "0x0b25\n"},
              {"/sys/devices/pci0000:6a/0000:6a:01.0/modalias",
               "pci:v00008086d00000B25sv00008086sd00000000bc08sc80i00\n"}} {}

  std::vector<Function> Scan() {
    const auto table = BuiltinHardware();
    auto found = PciProbe(table).Scan(host_.root());
    EXPECT_TRUE(found);
    return found ? std::move(found->functions) : std::vector<Function>();
  }

  FakeHost host_;
};

TEST_F(PciProbeTest, AKnownAcceleratorWithoutDriverIsShownWithTheReason) {
  const auto functions = Scan();
  ASSERT_EQ(functions.size(), 1u);
  EXPECT_EQ(functions[0].id, "idxd-0000-6a-01-0");
  EXPECT_EQ(functions[0].family, "idxd");
  EXPECT_TRUE(functions[0].queues.empty());
  EXPECT_EQ(functions[0].health, (Health{false, "no driver bound to this Intel DSA 1.0"}));
}

TEST_F(PciProbeTest, WhatHasADriverIsTheOtherProbes) {
  host_.Set("/sys/devices/pci0000:6a/0000:6a:01.0/driver", "-> ../../../bus/pci/drivers/idxd");
  EXPECT_TRUE(Scan().empty());
}

TEST_F(PciProbeTest, OtherDevicesAreNotShown) {
  for (const char* alias : {"pci:v00008086d00001572sv", "pci:v00008086", "usb:v1D6Bp0002", ""}) {
    host_.Set("/sys/devices/pci0000:6a/0000:6a:01.0/modalias", alias);
    EXPECT_TRUE(Scan().empty()) << alias;
  }
}

TEST_F(PciProbeTest, AVirtualFunctionOfQatSaysWhichDriverItNeeds) {
  host_.Set("/sys/devices/pci0000:6a/0000:6a:01.0/modalias", "pci:v00008086d00004941sv00008086sd00000000bc0Bsc40i00\n");
  EXPECT_EQ(Scan().at(0).health.reason,
            "no driver bound to this Intel QAT 4xxx VF: containers reach it through vfio-pci");
}

}  // namespace
}  // namespace nacelle
