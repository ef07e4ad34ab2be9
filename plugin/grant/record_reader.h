// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/json/value.h"

namespace nacelle {

// Collects the members of one object; the first failure stays.
class RecordReader {
 public:
  explicit RecordReader(const json::Value& value) : object_(value.AsObject()) {
    if (object_ == nullptr) Fail(Error(Code::kInvalid, "not an object"));
  }

  bool Has(std::string_view name) const { return object_ != nullptr && object_->Find(name) != nullptr; }
  std::string String(std::string_view name) { return Take(name, json::GetString); }
  std::vector<std::string> Strings(std::string_view name) { return Take(name, json::GetStrings); }
  json::Array Array(std::string_view name) { return Take(name, json::GetArray); }

  template <typename T>
  T Number(std::string_view name) {
    const std::int64_t number = Take(name, json::GetInt);
    if (number >= 0 && number <= std::numeric_limits<T>::max()) return static_cast<T>(number);
    Fail(Error(Code::kInvalid, std::string(name) + ": out of range"));
    return {};
  }

  bool Bool(std::string_view name) {
    const auto* member = object_ == nullptr ? nullptr : object_->Find(name);
    if (member != nullptr && member->AsBool() != nullptr) return *member->AsBool();
    Fail(Error(Code::kInvalid, std::string(name) + ": not a boolean"));
    return false;
  }

  // An object whose members are strings.
  std::map<std::string, std::string> Texts(std::string_view name) {
    const auto* member = object_ == nullptr ? nullptr : object_->Find(name);
    const auto* object = member == nullptr ? nullptr : member->AsObject();
    if (object == nullptr) Fail(Error(Code::kInvalid, std::string(name) + ": not an object"));
    std::map<std::string, std::string> texts;
    if (object == nullptr) return texts;
    for (const auto& [key, value] : object->members()) {
      if (value.AsString() == nullptr) Fail(Error(Code::kInvalid, std::string(name) + ": not a string"));
      else texts[key] = *value.AsString();
    }
    return texts;
  }

  // An object whose members are lists of strings.
  std::map<std::string, std::vector<std::string>> Lists(std::string_view name) {
    const auto* member = object_ == nullptr ? nullptr : object_->Find(name);
    const auto* object = member == nullptr ? nullptr : member->AsObject();
    if (object == nullptr) Fail(Error(Code::kInvalid, std::string(name) + ": not an object"));
    std::map<std::string, std::vector<std::string>> lists;
    if (object == nullptr) return lists;
    for (const auto& [key, value] : object->members()) {
      auto strings = json::GetStrings(*object, key);
      if (strings) lists[key] = *std::move(strings);
      else Fail(std::move(strings).error().In(name));
    }
    return lists;
  }

  template <typename T>
  std::vector<T> Items(std::string_view name, Result<T> (*read)(const json::Value&)) {
    std::vector<T> items;
    for (const auto& value : Array(name)) {
      auto item = read(value);
      if (!item) {
        Fail(std::move(item).error().In(name));
        return {};
      }
      items.push_back(std::move(*item));
    }
    return items;
  }

  template <typename T>
  Result<T> Finish(T value) {
    if (failure_) return std::move(*failure_);
    return value;
  }

 private:
  template <typename T>
  T Take(std::string_view name, Result<T> (*get)(const json::Object&, std::string_view)) {
    if (object_ == nullptr) return {};
    auto value = get(*object_, name);
    if (value) return std::move(*value);
    Fail(std::move(value).error());
    return {};
  }

  void Fail(Error error) {
    if (!failure_) failure_ = std::move(error);
  }

  const json::Object* object_;
  std::optional<Error> failure_;
};

}  // namespace nacelle
