// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/cpu_nodes.h"

#include <gtest/gtest.h>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

TEST(CpuNodes, EachCpuHasTheNodeWhoseListNamesIt) {
  FakeHost host{{"/sys/devices/system/node/online", "0-1\n"},
                {"/sys/devices/system/node/node0/cpulist", "0,2\n"},
                {"/sys/devices/system/node/node1/cpulist", "1\n"}};
  EXPECT_EQ(*ReadCpuNodes(host.root()), (std::map<int, int>{{0, 0}, {1, 1}, {2, 0}}));
}

TEST(CpuNodes, ANodeWhoseListCannotBeReadGivesNone) {
  FakeHost host{{"/sys/devices/system/node/online", "0-1\n"},
                {"/sys/devices/system/node/node0/cpulist", "! EIO"},
                {"/sys/devices/system/node/node1/cpulist", "1\n"}};
  EXPECT_EQ(*ReadCpuNodes(host.root()), (std::map<int, int>{{1, 1}}));
}

TEST(CpuNodes, AKernelWithoutNumaIsNotFound) {
  FakeHost host{{"/sys", "/"}};
  EXPECT_EQ(ReadCpuNodes(host.root()).error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace nacelle
