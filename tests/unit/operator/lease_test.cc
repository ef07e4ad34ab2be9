// SPDX-License-Identifier: Apache-2.0
#include "operator/control/lease.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

using namespace std::chrono_literals;

// Has the role that owns what we make, and no lease until one is made.
class NoLeaseYet : public ApiClient {
 public:
  explicit NoLeaseYet(std::stop_source& stop) : stop_(stop) {}

  Result<json::Value> Call(const ApiRequest& request, const std::stop_token& /*stop*/) override {
    if (request.path.ends_with("clusterroles/nacelle-agent")) return json::Value(json::Object{{"metadata", json::Object{{"uid", "u-role"}}}});
    if (request.method != "POST") return Error(Code::kNotFound, "no lease");
    made_ = request.body;
    stop_.request_stop();
    return json::Value(json::Object());
  }
  Status Stream(const ApiRequest& /*request*/, const TakeLine& /*take*/, const std::stop_token& /*stop*/) override { return {}; }

  const std::string& made() const { return made_; }

 private:
  std::stop_source& stop_;
  std::string made_;
};

TEST(LeaseKeeper, TheLeaseBelongsToTheRelease) {
  std::stop_source stop;
  NoLeaseYet api(stop);
  LeaseKeeper keeper(api, {.identity = "me"});
  ASSERT_TRUE(keeper.Run(stop.get_token()));
  EXPECT_NE(api.made().find(R"("ownerReferences":[{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","name":"nacelle-agent","uid":"u-role"}])"),
            std::string::npos) << api.made();
}

// Has a lease without owners that nobody holds, and refuses to give it any, as the
// admission plugin OwnerReferencesPermissionEnforcement does to who may not delete it.
class OwnersRefused : public ApiClient {
 public:
  explicit OwnersRefused(std::stop_source& stop) : stop_(stop) {}

  Result<json::Value> Call(const ApiRequest& request, const std::stop_token& /*stop*/) override {
    if (request.path.ends_with("clusterroles/nacelle-agent")) return json::Value(json::Object{{"metadata", json::Object{{"uid", "u-role"}}}});
    if (request.method == "GET") return json::Value(json::Object{{"metadata", json::Object{{"resourceVersion", "1"}}}});
    if (request.body.find("ownerReferences") != std::string::npos) return Error(Code::kDenied, "403");
    took_ = request.body.find(R"("holderIdentity":"me")") != std::string::npos;
    stop_.request_stop();
    return json::Value(json::Object());
  }
  Status Stream(const ApiRequest& /*request*/, const TakeLine& /*take*/, const std::stop_token& /*stop*/) override { return {}; }

  bool took() const { return took_; }

 private:
  std::stop_source& stop_;
  bool took_ = false;
};

TEST(LeaseKeeper, ALeaseThatMayHaveNoOwnerIsTakenAllTheSame) {
  std::stop_source stop;
  OwnersRefused api(stop);
  LeaseKeeper keeper(api, {.identity = "me"});
  ASSERT_TRUE(keeper.Run(stop.get_token()));
  EXPECT_TRUE(api.took());
}

TEST(DecideLease, TheHolderRenews) { EXPECT_EQ(DecideLease("me", "me", 20s, 15s), LeaseStep::kRenew); }

TEST(DecideLease, AnotherHolderIsWaitedFor) { EXPECT_EQ(DecideLease("other", "me", 14s, 15s), LeaseStep::kWait); }

TEST(DecideLease, AHolderThatIsSilentIsReplaced) { EXPECT_EQ(DecideLease("other", "me", 15s, 15s), LeaseStep::kTake); }

TEST(DecideLease, WhatWasGivenBackIsTakenAtOnce) { EXPECT_EQ(DecideLease("", "me", 0s, 15s), LeaseStep::kTake); }

}  // namespace
}  // namespace nacelle
