// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/container_edits.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

Grant Make(const std::string& resource, const std::string& id) {
  Grant grant;
  grant.resource = resource;
  grant.devices = {id};
  grant.queues = {{id, id, 1, {{"/dev/" + id, 240, 0}}, {{"/sys/class/uacce", id, "../" + id}}, {{"WD_X", "1"}}}};
  return grant;
}

TEST(ContainerEdits, NameNodesMountsAndVariables) {
  const auto edits = EditsFor(Make("r", "a"), "/state/a");
  EXPECT_EQ(edits.nodes, (std::vector<DeviceNode>{{"/dev/a", 240, 0}}));
  EXPECT_EQ(edits.mounts, (std::vector<ReadOnlyMount>{{"/dev/char", "/state/a/dev-char"},
                                                      {"/run/nacelle", "/state/a/run-nacelle"},
                                                      {"/sys/class/uacce", "/state/a/sys-class-uacce"}}));
  EXPECT_EQ(edits.variables.at("NACELLE_FUNCTIONS"), "/run/nacelle/functions.json");
  EXPECT_EQ(edits.variables.at("WD_X"), "1");
}

TEST(ContainerEdits, PathsAndVariablesAreTheSameInEveryGrant) {
  const auto a = EditsFor(Make("r", "a"), "/state/a");
  const auto b = EditsFor(Make("s", "b"), "/state/b");
  EXPECT_EQ(a.variables, b.variables);
  for (std::size_t i = 0; i < a.mounts.size(); ++i) EXPECT_EQ(a.mounts[i].container_path, b.mounts[i].container_path);
  EXPECT_NE(a.mounts[0].host_path, b.mounts[0].host_path);
}

TEST(GrantId, DependsOnResourceAndDevices) {
  EXPECT_EQ(GrantId("r", {"a", "b"}).size(), 16u);
  EXPECT_NE(GrantId("r", {"a"}), GrantId("s", {"a"}));
  EXPECT_NE(GrantId("r", {"a"}), GrantId("r", {"a", "b"}));
  EXPECT_EQ(GrantId("r", {"a"}), GrantId("r", {"a"}));
}

TEST(ViewFolderName, HasNoSlash) { EXPECT_EQ(ViewFolderName("/sys/bus/dsa/devices"), "sys-bus-dsa-devices"); }

TEST(EditsFor, WithoutMaskingNoFolderOfSysIsMounted) {
  Grant grant;
  grant.queues = {{"a", "a", 1, {{"/dev/a", 240, 0}}, {{"/sys/class/uacce", "a", "../a"}}, {}}};
  const auto edits = EditsFor(grant, "/state", false);
  EXPECT_EQ(edits.mounts, (std::vector<ReadOnlyMount>{{"/dev/char", "/state/dev-char"}, {"/run/nacelle", "/state/run-nacelle"}}));
  EXPECT_EQ(EditsFor(grant, "/state").mounts.size(), 3u);
}

}  // namespace
}  // namespace nacelle
