// SPDX-License-Identifier: Apache-2.0
#include "agent/command/node_state.h"

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "plugin/dra/prepared_claim.h"
#include "plugin/grant/tuple_record.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

constexpr const char* kPolicy = R"(apiVersion: nacelle.dev/v1alpha1
kind: AcceleratorPolicy
metadata: {name: p}
spec:
  offers:
  - {name: zip, find: zlib, sharesPerQueue: 4, through: dra}
)";

MachineView Machine() {
  Function function{.id = "zip-0", .family = "uacce", .interface = "sw_zip", .operations = {"zlib"}};
  function.queues = {{.id = "zip-0", .nodes = {{"/dev/sw_zip-0", 240, 0}}, .instances = 8}};
  MachineView machine;
  machine.inventory.functions = {function};
  return machine;
}

std::string ClaimOf(const std::string& uid, const std::string& boot_id) {
  Grant grant{.resource = "nacelle.dev/zip", .devices = {"zip-0"}, .queues = {}, .boot_id = boot_id};
  grant.queues.push_back({.id = "zip-0", .function = "zip-0", .division = 4});
  return WritePreparedClaim({{"ns", uid, uid}, boot_id, true, {{{"r", "n1", "zip-0", "share-" + uid, false}, grant, "v", "c"}}});
}

TEST(NodeState, AnAgentThatNeverRanRemembersNothing) {
  FakeHost host{};
  const auto state = ReadNodeState(host.folder() / "none", "boot");
  ASSERT_TRUE(state) << state.error().message();
  EXPECT_TRUE(state->policy.offers.empty() && state->tuples.empty() && state->claims.empty());
  EXPECT_EQ(OffersOfFunctions(Machine().inventory, PlanOf(Machine(), *state)),
            (std::map<std::string, std::string>{{"zip-0", "nacelle.dev/sw-zip"}}));
}

TEST(NodeState, IsThePolicyInForceAndWhatClaimsOfThisBootHave) {
  FakeHost host{};
  host.Set("/policy.yaml", kPolicy);
  host.Set("/claims/a.json", ClaimOf("a", "boot"));
  host.Set("/claims/b.json", "a " + ClaimOf("a", "boot") + "b " + ClaimOf("b", "boot"));
  host.Set("/claims/old.json", ClaimOf("old", "before"));
  host.Set("/claims/torn.json", "{\"version\":1,");
  const auto state = ReadNodeState(host.folder(), "boot");
  ASSERT_TRUE(state) << state.error().message();
  EXPECT_EQ(state->claims.size(), 2u);
  const auto plan = PlanOf(Machine(), *state);
  ASSERT_EQ(plan.offers.size(), 1u);
  EXPECT_EQ(plan.offers[0].queues[0].shares, 4);
  EXPECT_EQ(OffersOfFunctions(Machine().inventory, plan).at("zip-0"), "nacelle.dev/zip");
}

TEST(NodeState, RemembersHowBundlesAreDivided) {
  FakeHost host{};
  const std::vector<SavedTuple> tuples{{"nacelle.dev/pair", "b-0", {"s", "z"}, "sha256 + zlib"}};
  host.Set("/tuples.json", WriteTupleRecord(tuples));
  const auto state = ReadNodeState(host.folder(), "boot");
  ASSERT_TRUE(state) << state.error().message();
  EXPECT_EQ(state->tuples, tuples);
}

TEST(NodeState, APolicyThatMakesNoSenseIsNamedWithItsLine) {
  FakeHost host{};
  host.Set("/policy.yaml", "kind: Something\n");
  const auto state = ReadNodeState(host.folder(), "boot");
  ASSERT_FALSE(state);
  EXPECT_NE(state.error().message().find("policy.yaml:1"), std::string::npos) << state.error().message();
}

}  // namespace
}  // namespace nacelle
