// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/prepare_call.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

const std::vector<ClaimRef> kClaims{{"ns", "a", "u1"}, {"ns", "b", "u2"}};

std::string Reason(const PrepareCall& call, const std::string& uid) {
  const auto status = call.Check(uid);
  return status ? "" : status.error().message();
}

TEST(PrepareCall, WantsItsClaimsWhileItLasts) {
  const PrepareCall call(kClaims, steady_clock::now(), hours(1), {});
  EXPECT_EQ(Reason(call, "u1"), "");
  EXPECT_GT(call.Remaining(), milliseconds(0));
  EXPECT_FALSE(call.stop().stop_requested());
}

TEST(PrepareCall, WantsNothingWhenItsTimeIsUp) {
  const PrepareCall call(kClaims, steady_clock::now() - hours(1), milliseconds(40'000), {});
  EXPECT_EQ(call.Remaining(), milliseconds(0));
  EXPECT_EQ(Reason(call, "u1"), "not done within 40000 ms");
}

TEST(PrepareCall, WantsNothingAfterTheKubeletHasGivenItUp) {
  PrepareCall call(kClaims, steady_clock::now(), hours(1), {});
  call.End();
  EXPECT_TRUE(call.stop().stop_requested());
  EXPECT_NE(Reason(call, "u2").find("given the call up"), std::string::npos);
}

TEST(PrepareCall, EndsWithTheServer) {
  std::stop_source server;
  const PrepareCall call(kClaims, steady_clock::now(), hours(1), server.get_token());
  server.request_stop();
  EXPECT_TRUE(call.stop().stop_requested());
}

TEST(PrepareCall, DoesNotWantAClaimThatWasUnprepared) {
  PrepareCall call(kClaims, steady_clock::now(), hours(1), {});
  call.Withdraw("u1");
  EXPECT_EQ(Reason(call, "u1"), "the kubelet has had it unprepared meanwhile");
  EXPECT_EQ(Reason(call, "u2"), "");
}

}  // namespace
}  // namespace nacelle
