// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

const ClaimRef kRef{"ns", "c", "u1"};

json::Value Claim(const std::string& results) {
  return *json::Parse(R"({"metadata":{"uid":"u1"},"status":{"allocation":{"devices":{"results":)" + results +
                      R"(}},"reservedFor":[{"resource":"pods","name":"p","uid":"up"},{"apiGroup":"g","resource":"jobs","name":"j"}]}})");
}

TEST(Claim, HasTheDevicesOfOurDriverAndThePodsItIsReservedFor) {
  const auto claim = ReadClaim(Claim(R"([{"driver":"other","request":"x","pool":"n9","device":"y"},
      {"driver":"nacelle.dev","request":"a/b","pool":"n1","device":"d","shareID":"s","adminAccess":true}])"), kRef, "n1");
  ASSERT_TRUE(claim) << claim.error().message();
  EXPECT_EQ(claim->devices, (std::vector<AllocatedDevice>{{"a", "n1", "d", "s", true}}));
  EXPECT_EQ(claim->pods, (std::vector<PodRef>{{"p", "up"}}));
}

TEST(Claim, IsAPodsOwnWhereItWasMadeForThatPodAndNoOtherHasIt) {
  const auto read = [](const std::string& owners, const std::string& pods) {
    return ReadClaim(*json::Parse(R"({"metadata":{"uid":"u1","ownerReferences":)" + owners +
                                  R"(},"status":{"allocation":{"devices":{"results":[]}},"reservedFor":)" + pods + "}}"), kRef, "n1")->is_pods_own;
  };
  const std::string pod = R"([{"kind":"Pod","name":"p","uid":"up","controller":true}])";
  const std::string one = R"([{"resource":"pods","name":"p","uid":"up"}])";
  EXPECT_TRUE(read(pod, one));
  EXPECT_FALSE(read("[]", one));
  EXPECT_FALSE(read(R"([{"kind":"Job","name":"p","uid":"up","controller":true}])", one));
  EXPECT_FALSE(read(R"([{"kind":"Pod","name":"p","uid":"up"}])", one));
  EXPECT_FALSE(read(R"([{"kind":"Pod","name":"p","uid":"another","controller":true}])", one));
  EXPECT_FALSE(read(pod, R"([{"resource":"pods","name":"p","uid":"up"},{"resource":"pods","name":"q","uid":"uq"}])"));
}

TEST(Claim, WithoutADeviceOfOursIsEmpty) {
  const auto claim = ReadClaim(Claim(R"([{"driver":"other","request":"x","pool":"n9","device":"y"}])"), kRef, "n1");
  ASSERT_TRUE(claim);
  EXPECT_TRUE(claim->devices.empty());
}

TEST(Claim, ThatIsNotAllocatedMayBeLater) {
  const auto claim = ReadClaim(*json::Parse(R"({"metadata":{"uid":"u1"},"status":{}})"), kRef, "n1");
  ASSERT_FALSE(claim);
  EXPECT_EQ(claim.error().code(), Code::kUnavailable);
}

TEST(Claim, OfAnotherUidIsAConflict) {
  EXPECT_EQ(ReadClaim(Claim("[]"), {"ns", "c", "u2"}, "n1").error().code(), Code::kConflict);
}

TEST(Claim, WithoutSenseIsInvalid) {
  for (const auto* results : {R"([{"driver":"nacelle.dev","request":"r","pool":"n2","device":"d"}])",
                              R"([{"driver":"nacelle.dev","pool":"n1","device":"d"}])",
                              R"([{"driver":"nacelle.dev","request":"r","pool":"n1"}])"}) {
    const auto claim = ReadClaim(Claim(results), kRef, "n1");
    ASSERT_FALSE(claim) << results;
    EXPECT_EQ(claim.error().code(), Code::kInvalid);
  }
}

TEST(Claim, UidsThatCouldLeaveTheFolderAreNone) {
  for (const auto* uid : {"", "..", "../x", "a/b", "a.b"}) EXPECT_FALSE(IsUid(uid)) << uid;
  EXPECT_FALSE(IsUid(std::string(64, 'a')));
  EXPECT_TRUE(IsUid("6e3a2bd6-4e0b-4b1d-9f43-3f3d2e7f1b21"));
}

}  // namespace
}  // namespace nacelle
