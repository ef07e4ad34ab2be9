// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/engine_probe.h"

#include <gtest/gtest.h>

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

TEST(EngineProbe, ADeviceUnderUacceIsNotShownTwice) {
  const FakeHost host{{"/sys/class", "/"},
                      {"/sys/bus/platform/drivers/caam/x", "-> ../../../../devices/platform/x"},
                      {"/sys/devices/platform/x/uacce/x-0/api", "v1\n"}};
  const auto found = EngineProbe(kTable).Scan(host.root());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->functions.empty());
}

}  // namespace
}  // namespace nacelle
