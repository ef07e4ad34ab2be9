// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/view.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/files.h"
#include "core/json/value.h"

namespace nacelle {
namespace {

bool HasType(const json::Value& value, const std::string& type) {
  return (type == "object" && value.AsObject() != nullptr) || (type == "array" && value.AsArray() != nullptr) ||
         (type == "string" && value.AsString() != nullptr) || (type == "integer" && value.AsInt() != nullptr) ||
         (type == "null" && value.is_null());
}

bool HasAnyType(const json::Value& value, const json::Value& types) {
  if (types.AsString() != nullptr) return HasType(value, *types.AsString());
  return std::any_of(types.AsArray()->begin(), types.AsArray()->end(),
                     [&](const json::Value& type) { return HasType(value, *type.AsString()); });
}

bool IsAnyOf(const json::Value& value, const json::Array& choices) {
  return std::any_of(choices.begin(), choices.end(),
                     [&](const json::Value& choice) { return json::Write(choice) == json::Write(value); });
}

// What of `value` is against `schema`, of the keywords that ours uses; empty when nothing is.
std::string Breach(const json::Value& value, const json::Value& schema);

std::string BreachOfMembers(const json::Object& object, const json::Object& rules) {
  if (const auto* required = rules.Find("required")) {
    for (const auto& name : *required->AsArray()) {
      if (object.Find(*name.AsString()) == nullptr) return *name.AsString() + " is missing";
    }
  }
  const auto* properties = rules.Find("properties");
  if (properties == nullptr) return {};
  for (const auto& [name, member] : object.members()) {
    const auto* rule = properties->AsObject()->Find(name);
    if (rule == nullptr) return name + " is unknown";
    if (auto breach = Breach(member, *rule); !breach.empty()) return name + ": " + breach;
  }
  return {};
}

std::string Breach(const json::Value& value, const json::Value& schema) {
  const auto& rules = *schema.AsObject();
  if (const auto* type = rules.Find("type"); type != nullptr && !HasAnyType(value, *type)) return "type of " + json::Write(value);
  if (const auto* choices = rules.Find("enum"); choices != nullptr && !IsAnyOf(value, *choices->AsArray())) {
    return json::Write(value) + " is none of the words";
  }
  if (const auto* one = rules.Find("const"); one != nullptr && !IsAnyOf(value, {*one})) return "not the constant";
  if (const auto* object = value.AsObject()) return BreachOfMembers(*object, rules);
  if (value.AsArray() == nullptr || rules.Find("items") == nullptr) return {};
  for (const auto& item : *value.AsArray()) {
    if (auto breach = Breach(item, *rules.Find("items")); !breach.empty()) return breach;
  }
  return {};
}

Grant Make(const std::string& resource, const std::string& id) {
  Grant grant;
  grant.resource = resource;
  grant.devices = {id};
  grant.queues = {{id, id, 1, {{"/dev/" + id, 240, 0}}, {{"/sys/class/uacce", id, "../" + id}}, {}}};
  return grant;
}

Inventory Machine() {
  Inventory inventory;
  inventory.node = "n1";
  for (const auto* id : {"a", "b", "c"}) {
    Function function;
    function.id = id;
    function.family = "uacce";
    function.operations = {"zlib"};
    inventory.functions.push_back(function);
  }
  inventory.functions[0].numa = 1;
  inventory.domains = {{"hbm-2", MemoryKind::kHbm, "", 2, std::nullopt, {1}}};
  inventory.affinities = {{"numa-1", "hbm-2", 12, 120, 81920}};
  inventory.links = {{"a", "b", LinkStrength::kPeerToPeer}, {"a", "c", LinkStrength::kSharedAddress}};
  return inventory;
}

json::Object Document(const std::vector<Grant>& grants) {
  return *json::Parse(BuildView(Machine(), grants).description)->AsObject();
}

TEST(BuildView, FollowsThePublishedSchema) {
  const auto text = ReadFile(NACELLE_DOCS "/functions.schema.json", 1 << 20);
  ASSERT_TRUE(text) << text.error().message();
  const auto schema = json::Parse(*text);
  ASSERT_TRUE(schema) << schema.error().message();
  const json::Value document(Document({Make("nacelle.dev/x", "a"), Make("nacelle.dev/y", "b")}));
  EXPECT_EQ(Breach(document, *schema), "");
  EXPECT_EQ(Breach(json::Object{{"version", 1}}, *schema), "node is missing");
}

TEST(BuildView, IsTheUnionOfTheGrants) {
  const auto view = BuildView(Machine(), {Make("nacelle.dev/y", "b"), Make("nacelle.dev/x", "a")});
  EXPECT_EQ(view.links.at("sys-class-uacce"), (std::map<std::string, std::string>{{"a", "../a"}, {"b", "../b"}}));
  const auto document = Document({Make("nacelle.dev/y", "b"), Make("nacelle.dev/x", "a")});
  EXPECT_EQ(document.Find("grants")->AsArray()->size(), 2u);
  EXPECT_EQ(document.Find("functions")->AsArray()->size(), 2u);
}

// libaccel-config opens a work queue by its number (hardware.md, IDXD).
TEST(BuildView, ListsTheDeviceNodesByNumberAsUdevDoes) {
  auto grant = Make("nacelle.dev/dsa-shared", "a");
  grant.queues[0].nodes = {{"/dev/dsa/wq0.1", 236, 1}};
  EXPECT_EQ(BuildView(Machine(), {grant}).links.at("dev-char"),
            (std::map<std::string, std::string>{{"236:1", "../dsa/wq0.1"}}));
}

TEST(BuildView, ListsNothingByNumberForARecordWhoseNodeIsNowhereInDev) {
  auto grant = Make("nacelle.dev/x", "a");
  grant.queues[0].nodes = {{"", 236, 1}};
  EXPECT_TRUE(BuildView(Machine(), {grant}).links.at("dev-char").empty());
}

TEST(BuildView, ShowsOnlyLinksAmongTheGrantedFunctions) {
  const auto links = *Document({Make("r", "a"), Make("s", "b")}).Find("links")->AsArray();
  ASSERT_EQ(links.size(), 1u);
  EXPECT_EQ(*links[0].AsObject()->Find("to")->AsString(), "b");
}

TEST(BuildView, DoesNotDependOnTheOrderOfTheGrants) {
  EXPECT_EQ(BuildView(Machine(), {Make("r", "a"), Make("s", "b")}), BuildView(Machine(), {Make("s", "b"), Make("r", "a")}));
}

TEST(BuildView, LeavesAFunctionThatIsGoneOutOfTheDescription) {
  const auto view = BuildView(Machine(), {Make("r", "gone")});
  EXPECT_TRUE(view.links.at("sys-class-uacce").contains("gone"));
  EXPECT_TRUE(json::Parse(view.description)->AsObject()->Find("functions")->AsArray()->empty());
}

}  // namespace
}  // namespace nacelle
