// SPDX-License-Identifier: Apache-2.0
#include "core/crd/schema.h"

#include <string>
#include <utility>

namespace nacelle::crd {

json::Object DescribedSchema(const Field& field, const json::Object& type) {
  json::Object schema{{"description", field.doc}};
  for (const auto& [name, value] : type.members()) schema.Set(name, value);
  if (!field.rules.empty()) schema.Set("x-kubernetes-validations", RulesSchema(field.rules));
  return schema;
}

void LimitText(json::Object& schema, const Field& field) {
  if (!field.words.empty()) {
    json::Array words;
    for (const auto word : field.words) words.emplace_back(word);
    schema.Set("enum", std::move(words));
  }
  if (!field.pattern.empty()) schema.Set("pattern", field.pattern);
  if (field.max_length > 0) schema.Set("maxLength", field.max_length);
}

void LimitNumber(json::Object& schema, const Field& field) {
  if (field.least) schema.Set("minimum", *field.least);
  if (field.most) schema.Set("maximum", *field.most);
}

void LimitList(json::Object& schema, const Field& field) {
  if (field.max_items > 0) schema.Set("maxItems", field.max_items);
  schema.Set("x-kubernetes-list-type", field.list_key.empty() ? "atomic" : "map");
  if (!field.list_key.empty()) schema.Set("x-kubernetes-list-map-keys", json::Array{field.list_key});
}

json::Value RulesSchema(const std::vector<Rule>& rules) {
  json::Array out;
  for (const auto& rule : rules) {
    json::Object one{{"rule", rule.rule}, {"message", rule.message}};
    if (!rule.field_path.empty()) one.Set("fieldPath", rule.field_path);
    out.emplace_back(std::move(one));
  }
  return out;
}

json::Object SchemaVisitor::Finish() && {
  json::Object schema{{"type", "object"}};
  if (!required_.empty()) schema.Set("required", std::move(required_));
  schema.Set("properties", std::move(properties_));
  return schema;
}

}  // namespace nacelle::crd
