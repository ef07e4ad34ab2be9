// SPDX-License-Identifier: Apache-2.0
#include "agent/host/cpu_nodes.h"

#include <gtest/gtest.h>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

TEST(ReadNumaOfCpus, TellsTheNodeOfEachCpu) {
  const FakeHost host{{"/sys/devices/system/node/node0/cpulist", "0-1,4\n"},
                      {"/sys/devices/system/node/node2/cpulist", "2\n"},
                      {"/sys/devices/system/node/node3/cpulist", "\n"},
                      {"/sys/devices/system/node/possible", "0-3\n"}};
  EXPECT_EQ(ReadNumaOfCpus(host.root()), (std::map<int, int>{{0, 0}, {1, 0}, {2, 2}, {4, 0}}));
}

TEST(ReadNumaOfCpus, WhatTheKernelDoesNotTellIsLeftOut) {
  const FakeHost host{{"/sys/devices/system/node/node0/cpulist", "x\n"}, {"/sys/devices/system/node/nodes", "/"}};
  EXPECT_TRUE(ReadNumaOfCpus(host.root()).empty());
  EXPECT_TRUE(ReadNumaOfCpus(FakeHost{{"/sys", "/"}}.root()).empty());
}

}  // namespace
}  // namespace nacelle
