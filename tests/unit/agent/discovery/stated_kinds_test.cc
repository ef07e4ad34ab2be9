// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/stated_kinds.h"

#include <gtest/gtest.h>

#include "core/config/hardware_file.h"

namespace nacelle {
namespace {

Function Mi300a(std::optional<int> numa) {
  Function function;
  function.vendor = "1002";
  function.device = "74a0";
  function.numa = numa;
  return function;
}

TEST(StatedKinds, TheMemoryOfAnApuIsHbm) {
  const auto first = Mi300a(0);
  const auto second = Mi300a(1);
  const auto nowhere = Mi300a(std::nullopt);
  auto other = Mi300a(2);
  other.device = "74a1";
  const std::string rule = "hardware.yaml: the memory of AMD Instinct MI300A";
  EXPECT_EQ(FindStatedKinds(BuiltinHardware(), {&second, &first, &first, &nowhere, &other}),
            (std::vector<StatedKind>{{0, MemoryKind::kHbm, rule}, {1, MemoryKind::kHbm, rule}}));
}

TEST(StatedKinds, AUsersNodeGoesBefore) {
  const auto user = ParseHardware("version: 1\nnodes: [{node: 0, memory: dram}, {node: 3, memory: cxl}]\n", "my.yaml");
  ASSERT_TRUE(user) << user.error().message();
  const auto apu = Mi300a(0);
  const std::string rule = "hardware.yaml states its kind";
  EXPECT_EQ(FindStatedKinds(Merge(BuiltinHardware(), *user), {&apu}),
            (std::vector<StatedKind>{{0, MemoryKind::kDram, rule}, {3, MemoryKind::kCxl, rule}}));
}

}  // namespace
}  // namespace nacelle
