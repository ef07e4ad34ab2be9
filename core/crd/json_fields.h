// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/crd/field.h"
#include "core/json/value.h"

namespace nacelle::crd {

template <Visitable T>
json::Object WriteFields(const T& value);

inline json::Value ToJson(const std::string& value) { return value; }
inline json::Value ToJson(std::int64_t value) { return value; }
inline json::Value ToJson(bool value) { return value; }
template <Visitable T>
json::Value ToJson(const T& value) {
  return WriteFields(value);
}
template <typename T>
json::Value ToJson(const std::optional<T>& value) {
  return value ? ToJson(*value) : json::Value();
}
template <typename T>
json::Value ToJson(const std::vector<T>& values) {
  json::Array out;
  out.reserve(values.size());
  for (const auto& value : values) out.push_back(ToJson(value));
  return out;
}
template <typename T>
json::Value ToJson(const std::map<std::string, T>& values) {
  json::Object out;
  for (const auto& [name, value] : values) out.Set(name, ToJson(value));
  return out;
}

inline bool IsNothing(const json::Value& value) {
  if (const auto* text = value.AsString()) return text->empty();
  if (const auto* list = value.AsArray()) return list->empty();
  if (const auto* object = value.AsObject()) return object->members().empty();
  if (const auto* number = value.AsInt()) return *number == 0;
  return value.is_null() || (value.AsBool() != nullptr && !*value.AsBool());
}

// Leaves out what says nothing: empty texts, lists and objects, zero, false;
// except where the field must be there, or the API server would put its default.
class JsonWriter {
 public:
  template <typename T>
  void operator()(const T& member, const Field& field) {
    auto value = ToJson(member);
    if (field.required || field.defaulted || !IsNothing(value) || IsPresent(member)) out_.Set(field.name, std::move(value));
  }
  json::Object Finish() && { return std::move(out_); }

 private:
  template <typename T>
  static bool IsPresent(const T&) { return false; }
  template <typename T>
  static bool IsPresent(const std::optional<T>& member) { return member.has_value(); }

  json::Object out_;
};

template <Visitable T>
json::Object WriteFields(const T& value) {
  JsonWriter writer;
  T::Visit(writer, value);
  return std::move(writer).Finish();
}

inline Error WrongType(const char* expected) { return Error(Code::kInvalid, std::string("expected ") + expected); }

inline Status FromJson(const json::Value& json, std::string& out) {
  if (json.AsString() == nullptr) return WrongType("a text");
  out = *json.AsString();
  return {};
}
inline Status FromJson(const json::Value& json, std::int64_t& out) {
  if (json.AsInt() == nullptr) return WrongType("a whole number");
  out = *json.AsInt();
  return {};
}
inline Status FromJson(const json::Value& json, bool& out) {
  if (json.AsBool() == nullptr) return WrongType("true or false");
  out = *json.AsBool();
  return {};
}
template <Visitable T>
Status FromJson(const json::Value& json, T& out);
template <typename T>
Status FromJson(const json::Value& json, std::optional<T>& out) {
  return FromJson(json, out.emplace());
}
template <typename T>
Status FromJson(const json::Value& json, std::vector<T>& out) {
  if (json.AsArray() == nullptr) return WrongType("a list");
  out.clear();
  for (const auto& item : *json.AsArray()) {
    T value{};
    if (auto status = FromJson(item, value); !status) {
      return std::move(status).error().In('[' + std::to_string(out.size()) + ']');
    }
    out.push_back(std::move(value));
  }
  return {};
}
template <typename T>
Status FromJson(const json::Value& json, std::map<std::string, T>& out) {
  if (json.AsObject() == nullptr) return WrongType("an object");
  out.clear();
  for (const auto& [name, item] : json.AsObject()->members()) {
    if (auto status = FromJson(item, out[name]); !status) return std::move(status).error().In(name);
  }
  return {};
}

// Fills members from an object; what is absent or null keeps its default. The
// first mistake is kept.
class JsonReader {
 public:
  explicit JsonReader(const json::Object& object) : object_(object) {}

  template <typename T>
  void operator()(T& member, const Field& field) {
    const auto* found = object_.Find(field.name);
    if (!status_ || found == nullptr || found->is_null()) return;
    if (auto status = FromJson(*found, member); !status) status_ = std::move(status).error().In(field.name);
  }
  Status Finish() && { return std::move(status_); }

 private:
  const json::Object& object_;
  Status status_;
};

template <Visitable T>
Status FromJson(const json::Value& json, T& out) {
  if (json.AsObject() == nullptr) return WrongType("an object");
  JsonReader reader(*json.AsObject());
  T::Visit(reader, out);
  return std::move(reader).Finish();
}

}  // namespace nacelle::crd
