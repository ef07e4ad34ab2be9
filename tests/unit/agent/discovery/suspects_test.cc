// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/suspects.h"

#include <gtest/gtest.h>

#include "agent/probe/builtin_probes.h"
#include "core/config/hardware_file.h"

namespace nacelle {
namespace {

Suspects After(const Uevent& event) {
  const auto hardware = BuiltinHardware();
  const auto probes = BuiltinProbes(hardware);
  Suspects suspects;
  AddSuspects(event, probes, suspects);
  return suspects;
}

// Starting a container makes dozens of them, a laptop's battery one a minute.
TEST(Suspects, SubsystemsThatNoFamilyNamesMakeNothingSuspect) {
  EXPECT_FALSE(After({"add", "/devices/virtual/net/veth1", "net"}).any());
  EXPECT_FALSE(After({"change", "/devices/LNXSYSTM:00/PNP0C0A:00/power_supply/BAT0", "power_supply"}).any());
  EXPECT_FALSE(After({"add", "/devices/virtual/thermal/x", "thermal"}).any());
  EXPECT_FALSE(After({"add", "/devices/x", ""}).any());
}

TEST(Suspects, AnIommuMakesEverythingSuspect) {
  EXPECT_TRUE(After({"add", "/devices/virtual/iommu/dmar0", "iommu"}).everything);
}

TEST(Suspects, ASubsystemThatFamiliesNameMakesThemAndTheDeviceSuspect) {
  const auto suspects = After({"change", "/devices/platform/q.0/uacce/q-0", "uacce"});
  EXPECT_FALSE(suspects.everything);
  EXPECT_EQ(suspects.families, (std::set<std::string>{"uacce"}));
  EXPECT_EQ(suspects.paths, std::vector<std::string>{"/sys/devices/platform/q.0/uacce/q-0"});
}

// Whatever else has a device makes a device of its own class, with a uevent of its own.
TEST(Suspects, APciDeviceConcernsThoseThatKnowTheirsByTheirDriver) {
  const auto suspects = After({"bind", "/devices/pci0000:40/0000:40:00.0", "pci"});
  EXPECT_FALSE(suspects.everything);
  EXPECT_TRUE(suspects.unclaimed);
  EXPECT_EQ(suspects.families, (std::set<std::string>{"crypto", "qat", "vfio"}));
  EXPECT_EQ(suspects.paths, std::vector<std::string>{"/sys/devices/pci0000:40/0000:40:00.0"});
}

TEST(Suspects, OnlySomeSubsystemsConcernMemory) {
  EXPECT_TRUE(ConcernsMemory({"online", "/devices/system/memory/memory1", "memory"}));
  EXPECT_TRUE(After({"online", "/devices/system/memory/memory1", "memory"}).memory);
  EXPECT_FALSE(After({"online", "/devices/system/memory/memory1", "memory"}).everything);
  EXPECT_FALSE(After({"add", "/devices/x", "uacce"}).memory);
}

}  // namespace
}  // namespace nacelle
