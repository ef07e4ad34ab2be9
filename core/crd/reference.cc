// SPDX-License-Identifier: Apache-2.0
#include "core/crd/reference.h"

#include <string_view>

namespace nacelle::crd {
namespace {

std::string TextOf(const json::Object& schema, std::string_view name) {
  const auto* found = schema.Find(name);
  return found == nullptr || found->AsString() == nullptr ? std::string() : *found->AsString();
}

const json::Object* ObjectAt(const json::Object& schema, std::string_view name) {
  const auto* found = schema.Find(name);
  return found == nullptr ? nullptr : found->AsObject();
}

std::string TypeOf(const json::Object& schema) {
  auto type = TextOf(schema, "type");
  if (const auto* items = ObjectAt(schema, "items")) return "list of " + TypeOf(*items);
  if (const auto* values = ObjectAt(schema, "additionalProperties")) return "map to " + TypeOf(*values);
  return type;
}

// "1 to 1024", "at most 128 items", …; empty: none.
std::string LimitsOf(const json::Object& schema) {
  std::string out;
  const auto add = [&out](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  if (const auto* words = schema.Find("enum")) {
    std::string list;
    for (const auto& word : *words->AsArray()) list += (list.empty() ? "`" : ", `") + *word.AsString() + "`";
    add("one of " + list);
  }
  if (const auto* least = schema.Find("minimum")) add("at least " + json::Write(*least));
  if (const auto* most = schema.Find("maximum")) add("at most " + json::Write(*most));
  if (const auto* length = schema.Find("maxLength")) add("at most " + json::Write(*length) + " characters");
  if (const auto* items = schema.Find("maxItems")) add("at most " + json::Write(*items) + " items");
  if (const auto* fallback = schema.Find("default")) add("default `" + json::Write(*fallback) + "`");
  return out;
}

std::string Cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return text;
}

bool IsRequired(const json::Object& schema, const std::string& name) {
  const auto* required = schema.Find("required");
  if (required == nullptr || required->AsArray() == nullptr) return false;
  for (const auto& one : *required->AsArray()) {
    if (*one.AsString() == name) return true;
  }
  return false;
}

void AddRows(const std::string& path, const json::Object& schema, std::string& out) {
  const auto* properties = ObjectAt(schema, "properties");
  if (properties == nullptr) return;
  for (const auto& [name, value] : properties->members()) {
    const auto& field = *value.AsObject();
    const auto at = path + "." + name;
    auto limits = LimitsOf(field);
    if (IsRequired(schema, name)) limits = limits.empty() ? "required" : "required; " + limits;
    out += "| `" + at + "` | " + TypeOf(field) + " | " + Cell(limits) + " | " + Cell(TextOf(field, "description")) + " |\n";
    const auto* items = ObjectAt(field, "items");
    AddRows(items == nullptr ? at : at + "[]", items == nullptr ? field : *items, out);
  }
}

}  // namespace

std::string ReferencePage(const std::vector<ReferenceEntry>& entries) {
  std::string out =
      "<!-- Written by build/dev/bin/write-crds from core/crd; not to be edited. -->\n"
      "# Reference: the objects\n\n"
      "Every field of the custom resources, as `kubectl explain` tells it.\n"
      "[policy.md](policy.md) says how policies are meant and used.\n";
  for (const auto& entry : entries) {
    out += "\n## " + entry.kind + "\n\n" + entry.doc + "\n\n| field | type | limits | meaning |\n|---|---|---|---|\n";
    AddRows("spec", entry.spec, out);
    AddRows("status", entry.status, out);
  }
  return out;
}

}  // namespace nacelle::crd
