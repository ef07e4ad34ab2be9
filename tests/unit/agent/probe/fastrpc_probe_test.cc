// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/fastrpc_probe.h"

#include <gtest/gtest.h>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

TEST(FastrpcProbe, AProcessorIsShownByItsDomainAndLeftToAPolicy) {
  const FakeHost host{{"/sys/class/misc/fuse", "-> ../../devices/virtual/misc/fuse"},
                      {"/sys/class/misc/fastrpc-cdsp-secure", "-> ../../devices/virtual/misc/fastrpc-cdsp-secure"},
                      {"/sys/devices/virtual/misc/fastrpc-cdsp-secure/dev", "10:120\n"},
                      {"/dev/fastrpc-cdsp-secure", "c 10:120"}};
  const auto found = FastrpcProbe().Scan(host.root());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->problems.empty());
  ASSERT_EQ(found->functions.size(), 1u);
  const auto& function = found->functions[0];
  EXPECT_EQ(function.id, "fastrpc-cdsp-secure");
  EXPECT_EQ(function.interface, "fastrpc_cdsp_secure");
  EXPECT_EQ(function.operations, std::vector<std::string>{"compute"});
  EXPECT_FALSE(function.by_default);
  EXPECT_EQ(function.access_note, "a processor that all who open it share");
  EXPECT_EQ(function.queues.at(0).nodes, (std::vector<DeviceNode>{{"/dev/fastrpc-cdsp-secure", 10, 120}}));
}

}  // namespace
}  // namespace nacelle
