// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/drm_probe.h"

#include <gtest/gtest.h>

#include "core/config/hardware_file.h"
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

// A card that can be divided: its own render node, and one for a partition.
class DividedCard : public testing::Test {
 protected:
  static constexpr const char* kCard = "/sys/devices/pci0000:00/0000:00:01.0/0000:03:00.0";

  DividedCard()
      : host_{{"/dev/kfd", "c 511:0"},
              {"/dev/dri/renderD128", "c 226:128"},
              {"/dev/dri/renderD129", "c 226:129"},
              {"/sys/class/drm/renderD128", "-> ../../devices/pci0000:00/0000:00:01.0/0000:03:00.0/drm/renderD128"},
              {"/sys/class/drm/renderD129", "-> ../../devices/platform/amdgpu_xcp_0/drm/renderD129"},
              {"/sys/devices/platform/amdgpu_xcp_0/drm/renderD129/device", "-> ../../../amdgpu_xcp_0"},
              {"/sys/bus/pci/devices/0000:03:00.0", "-> ../../../devices/pci0000:00/0000:00:01.0/0000:03:00.0"},
              {"/sys/class/kfd/kfd", "-> ../../devices/virtual/kfd/kfd"},
              {kNodes + "0/properties", "cpu_cores_count 8\nsimd_count 0\ndrm_render_minor 0\n"},
              {kNodes + "1/properties", "simd_count 1216\nlocation_id 768\ndomain 0\ndrm_render_minor 128\n"}} {
    const std::string card = kCard;
    host_.Set(card + "/drm/renderD128/device", "-> ../../../0000:03:00.0");
    host_.Set(card + "/driver", "-> ../../../../bus/pci/drivers/amdgpu");
    host_.Set(card + "/vendor", "0x1002\n");
    host_.Set(card + "/device", "0x74a1\n");
    host_.Set(card + "/numa_node", "1\n");
    host_.Set(card + "/iommu_group", "-> ../../../../kernel/iommu_groups/3");
  }

  std::vector<Function> Scan() {
    const auto table = BuiltinHardware();
    auto found = DrmProbe(table).Scan(host_.root());
    EXPECT_TRUE(found);
    if (!found) return {};
    EXPECT_TRUE(found->problems.empty());
    return {found->functions.begin(), found->functions.end()};
  }

  const std::string kNodes = "/sys/devices/virtual/kfd/kfd/topology/nodes/";
  FakeHost host_;
};

TEST_F(DividedCard, ARenderNodeWithoutAPartitionBehindItIsNone) {
  const auto functions = Scan();
  ASSERT_EQ(functions.size(), 1u);
  EXPECT_EQ(functions[0].id, "drm-0000-03-00-0");
  EXPECT_EQ(functions[0].operations, std::vector<std::string>{"compute"});
}

// The number of the partition is in the uppermost bits of its location.
TEST_F(DividedCard, APartitionIsWhereItsCardIs) {
  host_.Set(kNodes + "2/properties", "simd_count 1216\nlocation_id 268436224\ndomain 0\ndrm_render_minor 129\n");
  const auto functions = Scan();
  ASSERT_EQ(functions.size(), 2u);
  const auto& partition = functions[1];
  EXPECT_EQ(partition.id, "drm-amdgpu-xcp-0");
  EXPECT_EQ(partition.interface, "render_amdgpu_xcp");
  EXPECT_EQ(partition.path, kCard);
  EXPECT_EQ(partition.card, functions[0].card);
  EXPECT_EQ(partition.numa, 1);
  EXPECT_EQ(partition.operations, std::vector<std::string>{"compute"});
  EXPECT_EQ(partition.access, MemoryAccess::kIommu);
  ASSERT_EQ(partition.queues.at(0).nodes.size(), 2u);
  EXPECT_EQ(partition.queues[0].nodes[0].path, "/dev/dri/renderD129");
  EXPECT_EQ(partition.queues[0].nodes[1].path, "/dev/kfd");
}

// As the first kernels with partitions gave it.
TEST_F(DividedCard, APartitionsNumberInThatOfTheFunctionDoesNotHideTheCard) {
  host_.Set(kNodes + "2/properties", "simd_count 1216\nlocation_id 769\ndomain 0\ndrm_render_minor 129\n");
  EXPECT_EQ(Scan().at(1).path, kCard);
}

// In a container, which may not open the GPUs.
TEST_F(DividedCard, WhatKfdDoesNotTellTheModeOfTheCardMay) {
  host_.Set(kNodes + "1/properties", "! EPERM");
  host_.Set(std::string(kCard) + "/current_compute_partition", "SPX\n");
  auto functions = Scan();
  ASSERT_EQ(functions.size(), 1u);
  EXPECT_EQ(functions[0].operations, std::vector<std::string>{"compute"});
  host_.Set(std::string(kCard) + "/current_compute_partition", "CPX\n");
  functions = Scan();
  ASSERT_EQ(functions.size(), 2u);
  EXPECT_EQ(functions[1].operations, (std::vector<std::string>{"compute", "render"}));
  EXPECT_NE(functions[1].access_note.find("KFD does not tell"), std::string::npos);
  host_.Remove(std::string(kCard) + "/current_compute_partition");
  EXPECT_EQ(Scan().size(), 2u);
}

TEST_F(DividedCard, AGpuThatKfdHasNotTakenUpDoesNotCompute) {
  host_.Remove(kNodes + "1");
  auto functions = Scan();
  ASSERT_EQ(functions.size(), 1u);
  EXPECT_EQ(functions[0].queues.at(0).nodes.size(), 1u);
  EXPECT_EQ(functions[0].health, (Health{false, "no compute: KFD has not taken it up"}));
  host_.Set(std::string(kCard) + "/device", "0x67ef\n");
  functions = Scan();
  EXPECT_EQ(functions.at(0).operations, std::vector<std::string>{"render"});
  EXPECT_TRUE(functions.at(0).health.healthy);
}

// On old kernels a node does not name its render node.
TEST_F(DividedCard, AnOldTopologyIsNotTheWholeTruth) {
  host_.Set(kNodes + "1/properties", "simd_count 1216\nlocation_id 768\n");
  EXPECT_TRUE(Scan().at(0).health.healthy);
  EXPECT_EQ(Scan().at(0).queues.at(0).nodes.size(), 2u);
}

TEST(DrmProbe, ADriverThatOnlyLendsBuffersIsNoGpu) {
  const FakeHost host{{"/sys/class/drm/renderD128", "-> ../../devices/faux/vgem/drm/renderD128"},
                      {"/sys/devices/faux/vgem/drm/renderD128/device", "-> ../../../vgem"},
                      {"/dev/dri/renderD128", "c 226:128"}};
  EXPECT_TRUE(DrmProbe(kTable).Scan(host.root())->functions.empty());
}

}  // namespace
}  // namespace nacelle
