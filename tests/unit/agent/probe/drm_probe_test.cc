// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/drm_probe.h"

#include <gtest/gtest.h>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

const HardwareTable kTable = [] {
  HardwareTable table;
  table.pci = {{.vendor = "8086", .device = "56c0", .name = "a card", .family = "drm", .operations = {"encode", "render"}}};
  return table;
}();

TEST(DrmProbe, ARenderNodeIsShownAndNotOfferedUnasked) {
  const std::string pci = "/sys/devices/pci0000:00/0000:00:02.0/";
  const FakeHost host{{"/sys/class/drm/card0", "-> ../../devices/pci0000:00/0000:00:02.0/drm/card0"},
                      {"/sys/class/drm/renderD128", "-> ../../devices/pci0000:00/0000:00:02.0/drm/renderD128"},
                      {pci + "drm/renderD128/device", "-> ../../../0000:00:02.0"},
                      {pci + "driver", "-> ../../../bus/pci/drivers/xe"},
                      {pci + "vendor", "0x8086\n"},
                      {pci + "device", "0x56c0\n"},
                      {"/dev/dri/renderD128", "c 226:128"}};
  const auto found = DrmProbe(kTable).Scan(host.root());
  ASSERT_TRUE(found);
  ASSERT_EQ(found->functions.size(), 1u);
  const auto& function = found->functions[0];
  EXPECT_EQ(function.id, "drm-0000-00-02-0");
  EXPECT_EQ(function.interface, "render_xe");
  EXPECT_EQ(function.operations, (std::vector<std::string>{"encode", "render"}));
  EXPECT_FALSE(function.by_default);
  EXPECT_EQ(function.queues.at(0).nodes, (std::vector<DeviceNode>{{"/dev/dri/renderD128", 226, 128}}));
}

// As ROCm opens them: one node for all such cards, and the card's own.
TEST(DrmProbe, AnAmdCardHasTheNodeThatProgramsComputeBy) {
  const std::string pci = "/sys/devices/pci0000:00/0000:00:02.0/";
  FakeHost host{{"/sys/class/drm/renderD128", "-> ../../devices/pci0000:00/0000:00:02.0/drm/renderD128"},
                {pci + "drm/renderD128/device", "-> ../../../0000:00:02.0"},
                {pci + "driver", "-> ../../../bus/pci/drivers/amdgpu"},
                {"/dev/dri/renderD128", "c 226:128"}};
  const auto without = DrmProbe(kTable).Scan(host.root())->functions.at(0);
  EXPECT_EQ(without.operations, std::vector<std::string>{"render"});
  EXPECT_EQ(without.queues.at(0).nodes, (std::vector<DeviceNode>{{"/dev/dri/renderD128", 226, 128}}));
  EXPECT_TRUE(without.queues.at(0).health.healthy);
  host.Set("/dev/kfd", "c 511:0");
  const auto with = DrmProbe(kTable).Scan(host.root())->functions.at(0);
  EXPECT_EQ(with.operations, (std::vector<std::string>{"compute", "render"}));
  ASSERT_EQ(with.queues.at(0).nodes.size(), 2u);
  EXPECT_EQ(with.queues.at(0).nodes[1].path, "/dev/kfd");
  EXPECT_TRUE(with.queues.at(0).nodes[1].common);
}

// Partitions of a card, as drivers/gpu/drm/amd/amdxcp makes them.
TEST(DrmProbe, PartitionsOfACardHaveOneInterface) {
  FakeHost host{{"/sys/class/drm/renderD129", "-> ../../devices/platform/amdgpu_xcp_0/drm/renderD129"},
                {"/sys/class/drm/renderD130", "-> ../../devices/platform/amdgpu_xcp_11/drm/renderD130"},
                {"/sys/devices/platform/amdgpu_xcp_0/drm/renderD129/device", "-> ../../../amdgpu_xcp_0"},
                {"/sys/devices/platform/amdgpu_xcp_11/drm/renderD130/device", "-> ../../../amdgpu_xcp_11"}};
  const auto found = DrmProbe(kTable).Scan(host.root());
  ASSERT_TRUE(found);
  ASSERT_EQ(found->functions.size(), 2u);
  for (const auto& function : found->functions) EXPECT_EQ(function.interface, "render_amdgpu_xcp");
}

}  // namespace
}  // namespace nacelle
