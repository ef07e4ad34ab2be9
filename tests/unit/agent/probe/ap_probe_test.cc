// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/ap_probe.h"

#include <gtest/gtest.h>

#include "core/config/hardware_file.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

class ApProbeTest : public testing::Test {
 protected:
  ApProbeTest()
      : host_{{"/sys/bus/ap/devices/card0a", "-> ../../../devices/ap/card0a"},
              {"/sys/bus/ap/devices/0a.0005", "-> ../../../devices/ap/card0a/0a.0005"},
              {"/sys/devices/ap/card0a/type", "CEX7C\n"},
              {"/sys/devices/ap/card0a/online", "1\n"},
              {"/sys/devices/ap/card0a/config", "1\n"},
              {"/sys/devices/ap/card0a/0a.0005/online", "1\n"},
              {"/sys/devices/ap/card0a/0a.0005/driver", "-> ../../../../bus/ap/drivers/cex4queue"},
              {"/dev/z90crypt", "c 10:62"}} {}

  Function ScanOne() {
    const auto table = BuiltinHardware();
    auto found = ApProbe(table).Scan(host_.root());
    EXPECT_TRUE(found);
    if (!found || found->functions.size() != 1) return {};
    return found->functions.front();
  }

  FakeHost host_;
};

TEST_F(ApProbeTest, ACardIsAFunctionAndADomainAQueue) {
  const auto function = ScanOne();
  EXPECT_EQ(function.id, "ap-card0a");
  EXPECT_EQ(function.interface, "ap_cca");
  EXPECT_EQ(function.operations, (std::vector<std::string>{"aes-cbc", "ecdsa", "rsa"}));
  EXPECT_FALSE(function.by_default);
  ASSERT_EQ(function.queues.size(), 1u);
  EXPECT_EQ(function.queues[0].id, "ap-0a-0005");
  EXPECT_EQ(function.queues[0].nodes, (std::vector<DeviceNode>{{"/dev/z90crypt", 10, 62, true}}));
  EXPECT_TRUE(function.queues[0].health.healthy);
}

TEST_F(ApProbeTest, OfflineDeconfiguredAndStoppedAreReasons) {
  host_.Set("/sys/devices/ap/card0a/0a.0005/online", "0\n");
  EXPECT_EQ(ScanOne().queues.at(0).health.reason, "set offline");
  host_.Set("/sys/devices/ap/card0a/config", "0\n");
  EXPECT_EQ(ScanOne().health.reason, "deconfigured");
  host_.Set("/sys/devices/ap/card0a/chkstop", "1\n");
  EXPECT_EQ(ScanOne().health.reason, "checkstopped");
}

TEST_F(ApProbeTest, AQueueThatBelongsToGuestsIsNotShown) {
  host_.Set("/sys/devices/ap/card0a/0a.0005/driver", "-> ../../../../bus/ap/drivers/vfio_ap");
  const auto function = ScanOne();
  EXPECT_TRUE(function.queues.empty());
  EXPECT_EQ(function.access_note, "no queue of it is this machine's own");
}

// Somebody has created it for one program's adapters and domains.
TEST_F(ApProbeTest, ANodeOfItsOwnComputesWhatTheAdaptersOfItsMaskDo) {
  const std::string node = "/sys/devices/virtual/zcrypt/bank";
  host_.Set("/sys/class/zcrypt/create", "");
  host_.Set("/sys/class/zcrypt/bank", "-> ../../devices/virtual/zcrypt/bank");
  host_.Set(node + "/apmask", "0x0020" + std::string(60, '0') + "\n");  // adapter 10
  host_.Set(node + "/aqmask", "0x0400" + std::string(60, '0') + "\n");  // domain 5
  host_.Set("/dev/bank", "c 250:0");
  const auto table = BuiltinHardware();
  const auto scan = [&] { return ApProbe(table).Scan(host_.root()); };
  const auto found = scan();
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->problems.empty());
  ASSERT_EQ(found->functions.size(), 2u);
  const auto& function = found->functions[1];
  EXPECT_EQ(function.id, "ap-node-bank");
  EXPECT_EQ(function.interface, "ap_node");
  EXPECT_EQ(function.operations, (std::vector<std::string>{"aes-cbc", "ecdsa", "rsa"}));
  EXPECT_FALSE(function.by_default);
  EXPECT_TRUE(function.health.healthy);
  EXPECT_EQ(function.queues.at(0).nodes, (std::vector<DeviceNode>{{"/dev/bank", 250, 0}}));
  for (const auto* mask : {"0x0040", "0x", ""}) {
    host_.Set(node + "/apmask", std::string(mask) + std::string(60, '0') + "\n");
    EXPECT_EQ(scan()->functions.at(1).health, (Health{false, "no adapter of its apmask is here"})) << mask;
  }
}

TEST_F(ApProbeTest, ANodeOfItsOwnIsAsWellAsWhatItsMasksAdmit) {
  const std::string node = "/sys/devices/virtual/zcrypt/bank";
  host_.Set("/sys/class/zcrypt/bank", "-> ../../devices/virtual/zcrypt/bank");
  host_.Set(node + "/apmask", "0xffff" + std::string(60, '0') + "\n");
  host_.Set(node + "/aqmask", "0x0400" + std::string(60, '0') + "\n");  // domain 5
  host_.Set("/dev/bank", "c 250:0");
  const auto table = BuiltinHardware();
  const auto health = [&] { return ApProbe(table).Scan(host_.root())->functions.at(1).health; };
  EXPECT_TRUE(health().healthy);
  host_.Set("/sys/devices/ap/card0a/0a.0005/online", "0\n");
  EXPECT_EQ(health(), (Health{false, "nothing that its masks admit is in use: ap-0a-0005 is set offline"}));
  host_.Set("/sys/devices/ap/card0a/chkstop", "1\n");
  EXPECT_EQ(health().reason, "nothing that its masks admit is in use: ap-0a-0005 is checkstopped");
  host_.Set(node + "/aqmask", "0x0800" + std::string(60, '0') + "\n");
  EXPECT_EQ(health(), (Health{false, "no domain of its aqmask is here"}));
}

TEST(ApProbe, ALinkThatEndsInASlashEndsNothingElse) {
  FakeHost host{{"/sys/bus/ap/devices/card0a", "-> ../../../devices/ap/"}};
  const HardwareTable table;
  EXPECT_TRUE(ApProbe(table).Scan(host.root()));
}

}  // namespace
}  // namespace nacelle
