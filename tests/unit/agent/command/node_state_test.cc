// SPDX-License-Identifier: Apache-2.0
#include "agent/command/node_state.h"

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "plugin/dra/prepared_claim.h"
#include "plugin/grant/grant_record.h"
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
  EXPECT_TRUE(state.policy.offers.empty() && state.tuples.empty() && state.claims.empty());
  EXPECT_TRUE(state.grants.empty() && state.problems.empty());
  EXPECT_EQ(OffersOfFunctions(Machine().inventory, PlanOf(Machine(), state, {})),
            (std::map<std::string, std::string>{{"zip-0", "nacelle.dev/sw-zip"}}));
}

TEST(NodeState, IsThePolicyInForceAndWhatClaimsOfThisBootHave) {
  FakeHost host{};
  host.Set("/policy.yaml", kPolicy);
  host.Set("/claims/a.json", ClaimOf("a", "boot"));
  host.Set("/claims/b.json", "a " + ClaimOf("a", "boot") + "b " + ClaimOf("b", "boot"));
  host.Set("/claims/old.json", ClaimOf("old", "before"));
  const auto state = ReadNodeState(host.folder(), "boot");
  EXPECT_TRUE(state.problems.empty());
  EXPECT_EQ(state.claims.size(), 2u);
  const auto plan = PlanOf(Machine(), state, state.claims);
  ASSERT_EQ(plan.offers.size(), 1u);
  EXPECT_EQ(plan.offers[0].queues[0].shares, 4);
  EXPECT_EQ(OffersOfFunctions(Machine().inventory, plan).at("zip-0"), "nacelle.dev/zip");
}

TEST(NodeState, RemembersHowBundlesAreDivided) {
  FakeHost host{};
  const std::vector<SavedTuple> tuples{{"nacelle.dev/pair", "b-0", {"s", "z"}, "sha256 + zlib"}};
  host.Set("/tuples.json", WriteTupleRecord(tuples));
  const auto state = ReadNodeState(host.folder(), "boot");
  EXPECT_EQ(state.tuples, tuples);
}

TEST(NodeState, IsAlsoWhatTheDevicePluginHasGranted) {
  FakeHost host{};
  const Grant grant{.resource = "nacelle.dev/zip", .devices = {"zip-0"}, .queues = {}, .boot_id = "before"};
  host.Set("/grants/" + GrantId(grant) + ".json", WriteGrantRecord(grant));
  const auto state = ReadNodeState(host.folder(), "boot");
  ASSERT_EQ(state.grants.size(), 1u);
  EXPECT_EQ(state.grants[0].devices, grant.devices);
}

TEST(NodeState, APolicyThatMakesNoSenseIsNamedWithItsLineAndTheRestIsThere) {
  FakeHost host{};
  host.Set("/policy.yaml", "kind: Something\n");
  host.Set("/claims/a.json", ClaimOf("a", "boot"));
  const auto state = ReadNodeState(host.folder(), "boot");
  ASSERT_EQ(state.problems.size(), 1u);
  EXPECT_NE(state.problems[0].message.find("policy.yaml:1"), std::string::npos) << state.problems[0].message;
  EXPECT_EQ(state.claims.size(), 1u);
}

TEST(NodeState, EachRecordThatIsSpoiledIsNamed) {
  FakeHost host{};
  const std::vector<std::string> files = {"/tuples.json", "/claims/torn.json", "/grants/0123456789abcdef.json"};
  for (const auto& file : files) host.Set(file, "{\"version\":1,");
  const auto state = ReadNodeState(host.folder(), "boot");
  ASSERT_EQ(state.problems.size(), files.size());
  for (std::size_t i = 0; i < files.size(); ++i) EXPECT_EQ(state.problems[i].object, host.folder().native() + files[i]);
}

}  // namespace
}  // namespace nacelle
