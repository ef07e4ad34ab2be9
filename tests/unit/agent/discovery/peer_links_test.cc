// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/peer_links.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

Function At(const std::string& id, const std::string& path, const std::string& group) {
  Function function;
  function.id = id;
  function.path = "/sys/devices/" + path;
  function.iommu_group = group;
  return function;
}

const std::string kSwitch = "pci0000:40/0000:40:00.0/0000:41:00.0/";

TEST(PeerLinks, FunctionsBelowOneSwitchAndInOneGroupAreLinkedBothWays) {
  const auto links = BuildPeerLinks({At("a", kSwitch + "0000:42:00.0/0000:43:00.0", "7"),
                                     At("b", kSwitch + "0000:42:01.0/0000:44:00.0", "7")});
  EXPECT_EQ(links, (std::vector<Link>{{"a", "b", LinkStrength::kPeerToPeer, false},
                                      {"b", "a", LinkStrength::kPeerToPeer, false}}));
}

TEST(PeerLinks, DifferentGroupsAreNotLinked) {
  EXPECT_TRUE(BuildPeerLinks({At("a", kSwitch + "0000:42:00.0/0000:43:00.0", "7"),
                              At("b", kSwitch + "0000:42:01.0/0000:44:00.0", "8")})
                  .empty());
}

TEST(PeerLinks, WithoutAnyGroupsALinkIsAssumed) {
  const auto links = BuildPeerLinks({At("a", kSwitch + "0000:42:00.0/0000:43:00.0", ""),
                                     At("b", kSwitch + "0000:42:01.0/0000:44:00.0", "")});
  ASSERT_EQ(links.size(), 2u);
  EXPECT_TRUE(links[0].assumed);
}

TEST(PeerLinks, FunctionsOfOneDeviceAreLinked) {
  EXPECT_EQ(BuildPeerLinks({At("a", "pci0000:40/0000:40:00.0/0000:41:00.0", "7"),
                            At("b", "pci0000:40/0000:40:00.0/0000:41:00.1", "7")})
                .size(),
            2u);
}

TEST(PeerLinks, DifferentRootPortsAreNotLinked) {
  EXPECT_TRUE(BuildPeerLinks({At("a", "pci0000:40/0000:40:00.0/0000:41:00.0", ""),
                              At("b", "pci0000:40/0000:40:01.0/0000:42:00.0", "")})
                  .empty());
}

TEST(PeerLinks, DevicesOnTheRootBusAreNotLinked) {
  EXPECT_TRUE(BuildPeerLinks({At("a", "pci0000:40/0000:40:00.0", ""), At("b", "pci0000:40/0000:40:01.0", "")})
                  .empty());
}

TEST(PeerLinks, PlatformDevicesAreNotLinked) {
  EXPECT_TRUE(BuildPeerLinks({At("a", "platform/q.0", ""), At("b", "platform/q.1", "")}).empty());
}

}  // namespace
}  // namespace nacelle
