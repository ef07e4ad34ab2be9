// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/cdi_spec.h"

#include <gtest/gtest.h>

#include "core/json/value.h"

namespace nacelle {
namespace {

ContainerEdits Edits() {
  return {{{"/dev/sw_zip-0", 240, 3}}, {{"/run/nacelle", "/state/views/1/run-nacelle"}}, {{"A", "b"}}};
}

json::Object Parsed(const std::vector<CdiDevice>& devices) {
  return *json::Parse(WriteCdiSpec("nacelle.dev/claim", devices))->AsObject();
}

const json::Object& Member(const json::Object& object, std::string_view name) { return *object.Find(name)->AsObject(); }

json::Object FirstEdits(const std::vector<CdiDevice>& devices) {
  const auto first = *Parsed(devices).Find("devices")->AsArray()->front().AsObject();
  return Member(first, "containerEdits");
}

TEST(CdiSpec, ANodeHasItsNumbersAndIsForEveryUserButNeverForMknod) {
  const auto edits = FirstEdits({{"a", Edits()}});
  EXPECT_EQ(json::Write(*edits.Find("deviceNodes")),
            R"([{"path":"/dev/sw_zip-0","type":"c","major":240,"minor":3,"fileMode":438,"permissions":"rw"}])");
}

TEST(CdiSpec, ANodeWithoutNumbersIsLeftForTheRuntimeToLookAt) {
  auto edits = Edits();
  edits.nodes[0].major = 0;
  EXPECT_EQ(json::Write(*FirstEdits({{"a", edits}}).Find("deviceNodes")),
            R"([{"path":"/dev/sw_zip-0","fileMode":438,"permissions":"rw"}])");
}

TEST(CdiSpec, MountsAreReadOnlyAndVariablesShellWords) {
  const auto edits = FirstEdits({{"a", Edits()}});
  EXPECT_EQ(json::Write(*edits.Find("env")), R"(["A=b"])");
  EXPECT_EQ(json::Write(*edits.Find("mounts")),
            R"([{"hostPath":"/state/views/1/run-nacelle","containerPath":"/run/nacelle",)"
            R"("options":["ro","nosuid","nodev","noexec","bind"]}])");
}

TEST(CdiSpec, DeclaresTheLowestVersionThatFits) {
  EXPECT_EQ(*json::GetString(Parsed({{"a-0", Edits()}}), "cdiVersion"), "0.3.0");
  EXPECT_EQ(*json::GetString(Parsed({{"a-0", Edits()}, {"0-a", Edits()}}), "cdiVersion"), "0.5.0");
}

TEST(CdiSpec, ANameChangesWithTheContents) {
  const auto name = CdiNameFor("uid", Edits());
  auto other = Edits();
  other.nodes[0].minor = 4;
  EXPECT_EQ(name, CdiNameFor("uid", Edits()));
  EXPECT_NE(name, CdiNameFor("uid", other));
  EXPECT_TRUE(name.starts_with("uid-"));
  EXPECT_TRUE(CheckCdiName(name));
}

TEST(CdiSpec, RefusesNamesThatRuntimesRefuse) {
  for (const auto* name : {"", "-a", "a-", "a b", "a/b", "ä"}) EXPECT_FALSE(CheckCdiName(name)) << name;
  for (const auto* name : {"a", "0", "uacce-sw-zip-0", "a.b:c_d"}) EXPECT_TRUE(CheckCdiName(name)) << name;
}

}  // namespace
}  // namespace nacelle
