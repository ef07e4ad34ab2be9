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

TEST(ApProbe, ALinkThatEndsInASlashEndsNothingElse) {
  FakeHost host{{"/sys/bus/ap/devices/card0a", "-> ../../../devices/ap/"}};
  const HardwareTable table;
  EXPECT_TRUE(ApProbe(table).Scan(host.root()));
}

}  // namespace
}  // namespace nacelle
