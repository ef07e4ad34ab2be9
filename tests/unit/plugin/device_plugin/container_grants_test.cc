// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/container_grants.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace nacelle {
namespace {

Grant Make(const std::string& resource, std::vector<std::string> devices) {
  Grant grant;
  grant.resource = resource;
  grant.devices = std::move(devices);
  return grant;
}

std::vector<std::string> Resources(const std::vector<Grant>& grants) {
  std::vector<std::string> names;
  for (const auto& grant : grants) names.push_back(grant.resource + ":" + std::to_string(grant.devices.size()));
  std::sort(names.begin(), names.end());
  return names;
}

TEST(GrantsOfContainer, AreAllGrantsOfTheContainerThatHoldsJustTheseDevices) {
  const std::vector<Holding> holdings{{"r", "a", "ns", "p", "c"}, {"s", "x", "ns", "p", "c"}, {"s", "y", "ns", "p", "d"}};
  const std::vector<Grant> grants{Make("r", {"a"}), Make("s", {"x"}), Make("s", {"y"})};
  const auto found = GrantsOfContainer(holdings, nullptr, grants, grants[0]);
  EXPECT_EQ(Resources(found), (std::vector<std::string>{"r:1", "s:1"}));
  EXPECT_NE(std::find(found.begin(), found.end(), Make("s", {"x"})), found.end());
}

TEST(GrantsOfContainer, DoNotMixPodsOfOneNameInTwoNamespaces) {
  const std::vector<Holding> holdings{{"r", "a", "n1", "p", "c"}, {"s", "x", "n2", "p", "c"}};
  const std::vector<Grant> grants{Make("r", {"a"}), Make("s", {"x"})};
  EXPECT_EQ(Resources(GrantsOfContainer(holdings, nullptr, grants, grants[0])), std::vector<std::string>{"r:1"});
}

TEST(GrantsOfContainer, OfTwoThatAreNamedAsHoldersAreWhatBothHave) {
  const std::vector<Holding> holdings{{"r", "a", "ns", "ended", "c"}, {"s", "x", "ns", "ended", "c"}, {"r", "a", "ns", "p", "c"}};
  const std::vector<Grant> grants{Make("r", {"a"}), Make("s", {"x"})};
  EXPECT_EQ(Resources(GrantsOfContainer(holdings, nullptr, grants, grants[0])), std::vector<std::string>{"r:1"});
}

TEST(GrantsOfContainer, ForAnInitContainerAreThoseThatThePodHolds) {
  const std::vector<Holding> holdings{{"r", "a", "ns", "p", "c"}, {"r", "b", "ns", "p", "c"}, {"s", "x", "ns", "p", "c"},
                                      {"s", "y", "ns", "q", "c"}};
  const std::vector<Grant> grants{Make("r", {"a"}), Make("r", {"a", "b"}), Make("s", {"x"}), Make("s", {"y"})};
  EXPECT_EQ(Resources(GrantsOfContainer(holdings, nullptr, grants, grants[0])), (std::vector<std::string>{"r:1", "s:1"}));
}

TEST(GrantsOfContainer, ForAnInitContainerAreThoseThatTheKubeletHasOnRecordForIt) {
  const std::vector<Holding> allocated{{"r", "a", "", "uid", "init"}, {"s", "x", "", "uid", "init"}, {"t", "i", "", "uid", "c"}};
  const std::vector<Grant> grants{Make("r", {"a"}), Make("s", {"x"}), Make("t", {"i"})};
  EXPECT_EQ(Resources(GrantsOfContainer({{"t", "i", "ns", "p", "c"}}, &allocated, grants, grants[0])),
            (std::vector<std::string>{"r:1", "s:1"}));
}

TEST(GrantsOfContainer, AreJustItsOwnWhenNobodyIsListed) {
  const std::vector<Grant> grants{Make("r", {"a"}), Make("s", {"x"})};
  EXPECT_EQ(Resources(GrantsOfContainer({}, nullptr, grants, grants[0])), std::vector<std::string>{"r:1"});
}

TEST(GrantIdsOf, NamesTheGrantOfEachContainerAndResource) {
  const std::vector<Holding> holdings{{"r", "a", "ns", "p", "c"}, {"r", "b", "ns", "p", "c"}, {"r", "c", "ns", "p", "d"}};
  EXPECT_EQ(GrantIdsOf(holdings), (std::set<std::string>{GrantId("r", {"a", "b"}), GrantId("r", {"c"})}));
}

}  // namespace
}  // namespace nacelle
