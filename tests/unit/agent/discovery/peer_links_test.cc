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

std::vector<Link> LinksOf(const std::vector<Function>& functions, const AcsFacts& acs = {}) {
  return BuildPeerLinks(functions, acs).links;
}

const std::string kSwitch = "pci0000:40/0000:40:00.0/0000:41:00.0/";

TEST(PeerLinks, FunctionsBelowOneSwitchAndInOneGroupAreLinkedBothWays) {
  const auto links = LinksOf({At("a", kSwitch + "0000:42:00.0/0000:43:00.0", "7"),
                                     At("b", kSwitch + "0000:42:01.0/0000:44:00.0", "7")});
  EXPECT_EQ(links, (std::vector<Link>{{"a", "b", LinkStrength::kPeerToPeer, false},
                                      {"b", "a", LinkStrength::kPeerToPeer, false}}));
}

TEST(PeerLinks, DifferentGroupsAreNotLinked) {
  EXPECT_TRUE(LinksOf({At("a", kSwitch + "0000:42:00.0/0000:43:00.0", "7"),
                              At("b", kSwitch + "0000:42:01.0/0000:44:00.0", "8")})
                  .empty());
}

TEST(PeerLinks, WithoutAnyGroupsALinkIsAssumed) {
  const auto links = LinksOf({At("a", kSwitch + "0000:42:00.0/0000:43:00.0", ""),
                                     At("b", kSwitch + "0000:42:01.0/0000:44:00.0", "")});
  ASSERT_EQ(links.size(), 2u);
  EXPECT_TRUE(links[0].assumed);
}

TEST(PeerLinks, FunctionsOfOneDeviceAreLinked) {
  EXPECT_EQ(LinksOf({At("a", "pci0000:40/0000:40:00.0/0000:41:00.0", "7"),
                            At("b", "pci0000:40/0000:40:00.0/0000:41:00.1", "7")})
                .size(),
            2u);
}

TEST(PeerLinks, DifferentRootPortsAreNotLinked) {
  EXPECT_TRUE(LinksOf({At("a", "pci0000:40/0000:40:00.0/0000:41:00.0", ""),
                              At("b", "pci0000:40/0000:40:01.0/0000:42:00.0", "")})
                  .empty());
}

TEST(PeerLinks, DevicesOnTheRootBusAreNotLinked) {
  EXPECT_TRUE(LinksOf({At("a", "pci0000:40/0000:40:00.0", ""), At("b", "pci0000:40/0000:40:01.0", "")})
                  .empty());
}

TEST(PeerLinks, VirtualFunctionsOfOneCardMeetInIt) {
  auto physical = At("a", "pci0000:6b/0000:6b:00.0", "");
  auto virtual_function = At("b", "pci0000:6b/0000:6b:02.1", "");
  physical.card = virtual_function.card = "card-0000-6b-00";
  EXPECT_EQ(LinksOf({physical, virtual_function}).size(), 2u);
}

// Two functions below one switch, in different IOMMU groups.
const std::string kPortA = "/sys/devices/" + kSwitch + "0000:42:00.0";
const std::string kPortB = "/sys/devices/" + kSwitch + "0000:42:01.0";
std::vector<Function> Apart() {
  return {At("a", kSwitch + "0000:42:00.0/0000:43:00.0", "7"), At("b", kSwitch + "0000:42:01.0/0000:44:00.0", "8")};
}

TEST(PeerLinks, PortsThatRedirectNothingLinkWhateverTheGroups) {
  const auto links = LinksOf(Apart(), {{kPortA, Acs::kOpen}, {kPortB, Acs::kAbsent}});
  ASSERT_EQ(links.size(), 2u);
  EXPECT_FALSE(links[0].assumed);
}

TEST(PeerLinks, OnePortThatRedirectsSeparatesWhateverTheGroups) {
  auto functions = Apart();
  functions[1].iommu_group = "7";
  EXPECT_TRUE(LinksOf(functions, {{kPortA, Acs::kOpen}, {kPortB, Acs::kRedirects}}).empty());
  EXPECT_TRUE(LinksOf(functions, {{kPortA, Acs::kRedirects}}).empty());
}

TEST(PeerLinks, WhereOnePortCannotBeReadTheGroupsTell) {
  EXPECT_TRUE(LinksOf(Apart(), {{kPortA, Acs::kOpen}, {kPortB, Acs::kUnknown}}).empty());
}

TEST(PeerLinks, FunctionsOfOneDeviceAreApartWhereTheirServicesRedirect) {
  const std::vector<Function> functions = {At("a", "pci0000:40/0000:40:00.0/0000:41:00.0", "7"),
                                           At("b", "pci0000:40/0000:40:00.0/0000:41:00.1", "8")};
  const auto acs = [&](Acs a, Acs b) { return AcsFacts{{functions[0].path, a}, {functions[1].path, b}}; };
  EXPECT_EQ(LinksOf(functions, acs(Acs::kOpen, Acs::kOpen)).size(), 2u);
  EXPECT_TRUE(LinksOf(functions, acs(Acs::kOpen, Acs::kRedirects)).empty());
  // Without the services a device may keep its functions apart or not.
  EXPECT_TRUE(LinksOf(functions, acs(Acs::kAbsent, Acs::kAbsent)).empty());
}

TEST(PeerLinks, OnlyWhatLiesBetweenPeersIsAsked) {
  const auto functions = Apart();
  const auto alone = At("c", "pci0000:80/0000:80:00.0/0000:81:00.0", "9");
  EXPECT_EQ(PathsBetweenPeers({&functions[0], &functions[1], &alone}),
            (std::vector<std::string>{kPortA, functions[0].path, kPortB, functions[1].path}));
}

// Each of VMD's root ports is one, though all are below VMD's own.
TEST(PeerLinks, DifferentRootPortsBehindVmdAreNotLinked) {
  const std::string vmd = "pci0000:00/0000:00:0e.0/pci10000:e0/";
  EXPECT_TRUE(LinksOf({At("a", vmd + "10000:e0:01.0/10000:e1:00.0", "7"), At("b", vmd + "10000:e0:03.0/10000:e2:00.0", "7")})
                  .empty());
}

TEST(PeerLinks, ARootBusNeedNotBeAtTheTop) {
  const std::string below = "platform/40000000.pcie/pci0000:00/0000:00:01.0/0000:01:00.0/";
  EXPECT_EQ(LinksOf({At("a", below + "0000:02:00.0/0000:03:00.0", "7"), At("b", below + "0000:02:01.0/0000:04:00.0", "7")})
                .size(),
            2u);
}

TEST(PeerLinks, PlatformDevicesAreNotLinked) {
  EXPECT_TRUE(LinksOf({At("a", "platform/q.0", ""), At("b", "platform/q.1", "")}).empty());
}

// `count` functions of one device, in no group.
void AddDevice(std::vector<Function>& functions, int bus, int count) {
  const auto root = "pci0000:" + std::to_string(bus) + "/0000:" + std::to_string(bus) + ":00.0/";
  for (int i = 0; i < count; ++i) {
    const auto name = "0000:" + std::to_string(bus) + ":00." + std::to_string(i);
    functions.push_back(At(name, root + name, ""));
  }
}

TEST(PeerLinks, OfTooManyFunctionsInOnePlaceThereAreNoneAndThePlaceSaysSo) {
  std::vector<Function> functions;
  AddDevice(functions, 10, 256);
  AddDevice(functions, 20, 2);
  const auto found = BuildPeerLinks(functions, {});
  EXPECT_EQ(found.links.size(), 2u);
  ASSERT_EQ(found.problems.size(), 1u);
  EXPECT_EQ(found.problems[0].object, "/sys/devices/pci0000:10/0000:10:00.0/0000:10:00");
  EXPECT_NE(found.problems[0].message.find("256 functions"), std::string::npos) << found.problems[0].message;
}

TEST(PeerLinks, LinksOfManyPlacesAreBoundedTogether) {
  std::vector<Function> functions;
  for (int bus = 10; bus < 15; ++bus) AddDevice(functions, bus, 64);
  const auto found = BuildPeerLinks(functions, {});
  EXPECT_EQ(found.links.size(), 4u * 64 * 63);
  ASSERT_EQ(found.problems.size(), 1u);
  EXPECT_NE(found.problems[0].object.find("0000:14:00"), std::string::npos);
}

TEST(PeerLinks, ManyFunctionsThatDoNotReachEachOtherAreNoProblem) {
  std::vector<Function> functions;
  AddDevice(functions, 10, 256);
  for (std::size_t i = 0; i < functions.size(); ++i) functions[i].iommu_group = std::to_string(i);
  const auto found = BuildPeerLinks(functions, {});
  EXPECT_TRUE(found.links.empty() && found.problems.empty());
}

}  // namespace
}  // namespace nacelle
