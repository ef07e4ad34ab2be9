// SPDX-License-Identifier: Apache-2.0
#include "core/json/value.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace nacelle::json {
namespace {

using Library = nlohmann::ordered_json;

constexpr std::size_t kMaxDepth = 64;

Library ToLibrary(const Value& value) {
  if (const auto* boolean = value.AsBool()) return *boolean;
  if (const auto* integer = value.AsInt()) return *integer;
  if (const auto* real = value.AsDouble()) return *real;
  if (const auto* text = value.AsString()) return *text;
  if (const auto* array = value.AsArray()) {
    Library out = Library::array();
    for (const auto& item : *array) out.push_back(ToLibrary(item));
    return out;
  }
  if (const auto* object = value.AsObject()) {
    Library out = Library::object();
    for (const auto& [name, member] : object->members()) out.emplace(name, ToLibrary(member));
    return out;
  }
  return nullptr;
}

Value FromLibrary(const Library& node) {
  switch (node.type()) {
    case Library::value_t::boolean: return node.get<bool>();
    case Library::value_t::number_integer: return node.get<std::int64_t>();
    case Library::value_t::number_unsigned: {
      const auto number = node.get<std::uint64_t>();
      if (number <= std::uint64_t{std::numeric_limits<std::int64_t>::max()}) return number;
      return static_cast<double>(number);
    }
    case Library::value_t::number_float: return node.get<double>();
    case Library::value_t::string: return node.get<std::string>();
    case Library::value_t::array: {
      Array out;
      for (const auto& item : node) out.push_back(FromLibrary(item));
      return out;
    }
    case Library::value_t::object: {
      Object out;
      for (const auto& [name, member] : node.items()) out.Set(name, FromLibrary(member));
      return out;
    }
    default: return nullptr;
  }
}

std::string Dump(const Value& value, int indent) {
  return ToLibrary(value).dump(indent, ' ', false, Library::error_handler_t::replace);
}

// The library recurses while it parses; refuse what would be too deep first.
bool TooDeep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxDepth) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

Error Missing(std::string_view name, std::string_view type) {
  return Error(Code::kInvalid, "member '" + std::string(name) + "' is not " + std::string(type));
}

}  // namespace

Object::Object(std::initializer_list<Member> members) : members_(members) {}

void Object::Set(std::string_view name, Value value) {
  const auto it = std::find_if(members_.begin(), members_.end(),
                               [&](const Member& member) { return member.first == name; });
  if (it != members_.end()) {
    it->second = std::move(value);
  } else {
    members_.emplace_back(std::string(name), std::move(value));
  }
}

const Value* Object::Find(std::string_view name) const {
  for (const auto& [key, value] : members_) {
    if (key == name) return &value;
  }
  return nullptr;
}

Value Strings(const std::vector<std::string>& values) {
  return Array(values.begin(), values.end());
}

std::string Write(const Value& value) { return Dump(value, -1); }

std::string WritePretty(const Value& value) { return Dump(value, 2) + '\n'; }

Result<Value> Parse(std::string_view text) {
  if (TooDeep(text)) return Error(Code::kInvalid, "more than 64 levels deep");
  try {
    return FromLibrary(Library::parse(text));
  } catch (const nlohmann::json::exception& failure) {
    // The message begins with a bracketed library code that tells users nothing.
    const std::string_view what = failure.what();
    const auto end = what.find("] ");
    return Error(Code::kInvalid, std::string(end == what.npos ? what : what.substr(end + 2)));
  }
}

Result<std::string> GetString(const Object& object, std::string_view name) {
  const auto* value = object.Find(name);
  if (value == nullptr || value->AsString() == nullptr) return Missing(name, "a string");
  return *value->AsString();
}

Result<std::int64_t> GetInt(const Object& object, std::string_view name) {
  const auto* value = object.Find(name);
  if (value == nullptr || value->AsInt() == nullptr) return Missing(name, "an integer");
  return *value->AsInt();
}

Result<Array> GetArray(const Object& object, std::string_view name) {
  const auto* value = object.Find(name);
  if (value == nullptr || value->AsArray() == nullptr) return Missing(name, "an array");
  return *value->AsArray();
}

Result<std::vector<std::string>> GetStrings(const Object& object, std::string_view name) {
  auto array = GetArray(object, name);
  if (!array) return std::move(array).error();
  std::vector<std::string> out;
  for (const auto& item : *array) {
    if (item.AsString() == nullptr) return Missing(name, "an array of strings");
    out.push_back(*item.AsString());
  }
  return out;
}

}  // namespace nacelle::json
