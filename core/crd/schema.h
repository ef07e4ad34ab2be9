// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "core/crd/field.h"
#include "core/crd/json_fields.h"
#include "core/json/value.h"

namespace nacelle::crd {

// What of a schema follows from the field and not from the type.
json::Object DescribedSchema(const Field& field, const json::Object& type);
// The limits of one text.
void LimitText(json::Object& schema, const Field& field);
void LimitNumber(json::Object& schema, const Field& field);
void LimitList(json::Object& schema, const Field& field);
json::Value RulesSchema(const std::vector<Rule>& rules);

template <typename T>
json::Object ObjectSchema();

template <typename T>
struct SchemaOf;

template <>
struct SchemaOf<std::string> {
  static json::Object Make(const Field& field) {
    json::Object schema{{"type", "string"}};
    LimitText(schema, field);
    return schema;
  }
};

template <>
struct SchemaOf<std::int64_t> {
  static json::Object Make(const Field& field) {
    json::Object schema{{"type", "integer"}, {"format", "int64"}};
    LimitNumber(schema, field);
    return schema;
  }
};

template <>
struct SchemaOf<bool> {
  static json::Object Make(const Field&) { return {{"type", "boolean"}}; }
};

template <Visitable T>
struct SchemaOf<T> {
  static json::Object Make(const Field&) { return ObjectSchema<T>(); }
};

template <typename T>
struct SchemaOf<std::optional<T>> : SchemaOf<T> {};

template <typename T>
struct SchemaOf<std::vector<T>> {
  static json::Object Make(const Field& field) {
    auto items = SchemaOf<T>::Make(field);
    if (!field.item_rules.empty()) items.Set("x-kubernetes-validations", RulesSchema(field.item_rules));
    json::Object schema{{"type", "array"}, {"items", std::move(items)}};
    LimitList(schema, field);
    return schema;
  }
};

template <typename T>
struct SchemaOf<std::map<std::string, T>> {
  static json::Object Make(const Field& field) {
    json::Object schema{{"type", "object"}, {"additionalProperties", SchemaOf<T>::Make(field)}};
    if (field.max_items > 0) schema.Set("maxProperties", field.max_items);
    return schema;
  }
};

// Collects `properties` and `required`.
class SchemaVisitor {
 public:
  template <typename T>
  void operator()(const T& member, const Field& field) {
    auto schema = DescribedSchema(field, SchemaOf<T>::Make(field));
    if (field.defaulted) schema.Set("default", ToJson(member));
    properties_.Set(field.name, std::move(schema));
    if (field.required) required_.emplace_back(field.name);
  }

  json::Object Finish() &&;

 private:
  json::Object properties_;
  json::Array required_;
};

// The structural schema (OpenAPI v3, as of CustomResourceDefinition) of T.
template <typename T>
json::Object ObjectSchema() {
  SchemaVisitor visitor;
  const T defaults{};
  T::Visit(visitor, defaults);
  return std::move(visitor).Finish();
}

}  // namespace nacelle::crd
