// SPDX-License-Identifier: Apache-2.0
#include "agent/topology/topology_loader.h"

#include <gtest/gtest.h>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

const std::string kCpus = "/sys/devices/system/cpu/";
const std::string kNodes = "/sys/devices/system/node/";

TEST(TopologyLoader, ReadsNodesAndDistancesBelowThePrefix) {
  FakeHost host{{kCpus + "online", "0-1\n"},
                {kCpus + "cpu0/topology/core_cpus", "1\n"},
                {kCpus + "cpu1/topology/core_cpus", "2\n"},
                {kNodes + "online", "0-1\n"},
                {kNodes + "possible", "0-1\n"},
                {kNodes + "node0/cpumap", "1\n"},
                {kNodes + "node0/distance", "10 21\n"},
                {kNodes + "node0/meminfo", "Node 0 MemTotal: 1024 kB\n"},
                {kNodes + "node1/cpumap", "2\n"},
                {kNodes + "node1/distance", "21 10\n"},
                {kNodes + "node1/meminfo", "Node 1 MemTotal: 2048 kB\n"}};
  const auto topology = TopologyLoader(host.folder()).Load();
  ASSERT_TRUE(topology) << topology.error().message();
  EXPECT_EQ(topology->nodes,
            (std::vector<TopologyNode>{{0, 1024 * 1024, "", {10, 21}}, {1, 2048 * 1024, "", {21, 10}}}));
}

// The agent may be in a container that is bound to one node.
TEST(TopologyLoader, NodesThatTheAgentsOwnCpusetLeavesOutAreThereAllTheSame) {
  FakeHost host{{"/proc/mounts", "cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0\n"},
                {"/proc/self/cpuset", "/pod\n"},
                {"/proc/self/cgroup", "3:cpuset:/pod\n"},
                {"/sys/fs/cgroup/cpuset/pod/cpuset.cpus", "0\n"},
                {"/sys/fs/cgroup/cpuset/pod/cpuset.mems", "0\n"},
                {kCpus + "online", "0-1\n"},
                {kCpus + "cpu0/topology/core_cpus", "1\n"},
                {kCpus + "cpu1/topology/core_cpus", "2\n"},
                {kNodes + "online", "0-1\n"},
                {kNodes + "node0/cpumap", "1\n"},
                {kNodes + "node0/distance", "10 21\n"},
                {kNodes + "node1/cpumap", "2\n"},
                {kNodes + "node1/distance", "21 10\n"}};
  const auto topology = TopologyLoader(host.folder()).Load();
  ASSERT_TRUE(topology) << topology.error().message();
  EXPECT_EQ(topology->nodes, (std::vector<TopologyNode>{{0, {}, "", {10, 21}}, {1, {}, "", {21, 10}}}));
}

// hwloc leaves such nodes out, or not, by its version; they are the machine's like others.
TEST(TopologyLoader, MemoryOfACardThatIsANumaNodeIsThere) {
  FakeHost host{{kCpus + "online", "0\n"},
                {kCpus + "cpu0/topology/core_cpus", "1\n"},
                {kNodes + "online", "0-1\n"},
                {kNodes + "node0/cpumap", "1\n"},
                {kNodes + "node0/distance", "10 80\n"},
                {kNodes + "node1/cpumap", "0\n"},
                {kNodes + "node1/distance", "80 10\n"},
                {kNodes + "node1/meminfo", "Node 1 MemTotal: 2048 kB\n"},
                {"/proc/driver/nvidia/gpus/0009:01:00.0/numa_status", "Node: 1\nStatus: online\n"}};
  const auto topology = TopologyLoader(host.folder()).Load();
  ASSERT_TRUE(topology) << topology.error().message();
  ASSERT_EQ(topology->nodes.size(), 2u);
  EXPECT_EQ(topology->nodes[1].subtype, "GPUMemory");
  EXPECT_EQ(topology->nodes[1].capacity_bytes, 2048 * 1024);
}

TEST(TopologyLoader, ASingleNodeIsAtHome) {
  FakeHost host{{kCpus + "online", "0\n"},
                {kCpus + "cpu0/topology/core_cpus", "1\n"},
                {kNodes + "online", "0\n"},
                {kNodes + "node0/cpumap", "1\n"},
                {kNodes + "node0/distance", "10\n"}};
  const auto topology = TopologyLoader(host.folder()).Load();
  ASSERT_TRUE(topology) << topology.error().message();
  EXPECT_EQ(topology->nodes, (std::vector<TopologyNode>{{0, {}, "", {10}}}));
}

TEST(TopologyLoader, AMachineWithoutCpusIsAnErrorNotAnInventedOne) {
  FakeHost host{{"/sys/class", "/"}};
  EXPECT_FALSE(TopologyLoader(host.folder()).Load());
}

TEST(TopologyLoader, SettingsForOtherProgramsChangeNothing) {
  FakeHost host{{"/sys/class", "/"}};
  setenv("HWLOC_SYNTHETIC", "node:8 pu:1", 1);
  EXPECT_FALSE(TopologyLoader(host.folder()).Load());
}

TEST(TopologyLoader, ThisMachineHasANode) {
  const auto topology = TopologyLoader("").Load();
  ASSERT_TRUE(topology) << topology.error().message();
  EXPECT_FALSE(topology->nodes.empty());
}

}  // namespace
}  // namespace nacelle
