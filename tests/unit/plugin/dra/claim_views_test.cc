// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim_views.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

using Places = std::set<DevicePlace>;

AllocatedClaim Claim(const std::string& name, const std::vector<std::string>& requests) {
  AllocatedClaim claim{{"ns", name, "uid-" + name}, {}, {}, true};
  for (const auto& request : requests) claim.devices.push_back({request, "n1", name + request, "", false});
  return claim;
}

TEST(ClaimViews, ShowWhatTheContainersOfTheDeviceUse) {
  const auto views = PlanViews({Claim("a", {"r"}), Claim("b", {"r"}), Claim("c", {"r"})},
                               PodUses{{{"a", ""}, {"b", ""}}, {{"b", ""}, {"c", ""}}});
  EXPECT_EQ(views[0][0], (Places{{0, 0}, {1, 0}}));
  EXPECT_EQ(views[1][0], (Places{{0, 0}, {1, 0}, {2, 0}}));
  EXPECT_EQ(views[2][0], (Places{{1, 0}, {2, 0}}));
}

TEST(ClaimViews, KnowRequestsOfOneClaimApart) {
  const auto views = PlanViews({Claim("a", {"r", "s", "s"})}, PodUses{{{"a", "r"}}, {{"a", "s"}}});
  EXPECT_EQ(views[0][0], (Places{{0, 0}}));
  EXPECT_EQ(views[0][1], (Places{{0, 1}, {0, 2}}));
  EXPECT_EQ(views[0][2], (Places{{0, 1}, {0, 2}}));
}

TEST(ClaimViews, ShowAllWhenNothingIsKnownOfThePod) {
  const auto views = PlanViews({Claim("a", {"r"}), Claim("b", {"r"})}, std::nullopt);
  EXPECT_EQ(views[0][0], (Places{{0, 0}, {1, 0}}));
  EXPECT_EQ(views[1][0], views[0][0]);
}

TEST(ClaimViews, OfAClaimThatOtherPodsMayJoinShowAllOfItAndNothingElse) {
  auto joined = Claim("joined", {"r", "s"});
  joined.is_pods_own = false;
  const auto views = PlanViews({joined, Claim("own", {"r"})}, PodUses{{{"joined", "r"}, {"own", ""}}});
  EXPECT_EQ(views[0][0], (Places{{0, 0}, {0, 1}}));
  EXPECT_EQ(views[0][1], views[0][0]);
  EXPECT_EQ(views[1][0], (Places{{1, 0}}));
}

TEST(ClaimViews, OfADeviceThatNobodyUsesShowItAlone) {
  EXPECT_EQ(PlanViews({Claim("a", {"r"})}, PodUses{})[0][0], (Places{{0, 0}}));
}

}  // namespace
}  // namespace nacelle
