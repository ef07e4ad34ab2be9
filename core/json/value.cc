// SPDX-License-Identifier: Apache-2.0
#include "core/json/value.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/json/parsers.h"

namespace nacelle::json {
namespace {

using Library = nlohmann::ordered_json;

// Makes values from what the library reads, without its own tree in between.
class Builder {
 public:
  bool null() { return Add(nullptr); }
  bool boolean(bool value) { return Add(value); }
  bool number_integer(std::int64_t value) { return Add(value); }
  bool number_unsigned(std::uint64_t value) {
    if (value <= std::uint64_t{std::numeric_limits<std::int64_t>::max()}) return Add(value);
    return Add(static_cast<double>(value));
  }
  bool number_float(double value, const std::string& /*text*/) { return Add(value); }
  bool string(std::string& value) { return Add(std::move(value)); }
  bool binary(Library::binary_t& /*value*/) { return Add(nullptr); }  // not in JSON texts
  bool key(std::string& name) {
    open_.back().key = std::move(name);
    return true;
  }
  bool start_object(std::size_t /*count*/) { return Open(Object()); }
  bool start_array(std::size_t /*count*/) { return Open(Array()); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }
  bool parse_error(std::size_t /*byte*/, const std::string& /*token*/, const nlohmann::detail::exception& failure) {
    complaint_ = failure.what();
    return false;
  }

  Value Finish() && { return std::move(whole_); }
  const std::string& complaint() const { return complaint_; }

 private:
  // An array or object whose end has not come yet.
  struct Part {
    std::variant<Array, Object> value;
    std::string key;  // of the member to come
  };

  template <typename T>
  bool Open(T value) {
    if (open_.size() == kMaxDepth) {
      complaint_ = "more than 64 levels deep";
      return false;
    }
    open_.push_back({std::move(value), {}});
    return true;
  }
  bool Close() {
    auto value = std::visit([](auto& one) { return Value(std::move(one)); }, open_.back().value);
    open_.pop_back();
    return Add(std::move(value));
  }
  bool Add(Value value) {
    if (open_.empty()) {
      whole_ = std::move(value);
    } else if (auto* array = std::get_if<Array>(&open_.back().value)) {
      array->push_back(std::move(value));
    } else {
      std::get_if<Object>(&open_.back().value)->Set(open_.back().key, std::move(value));
    }
    return true;
  }

  std::vector<Part> open_;
  Value whole_;
  std::string complaint_;
};

// The message begins with a bracketed library code that tells users nothing.
Error Complaint(std::string_view what) {
  const auto end = what.find("] ");
  return Error(Code::kInvalid, std::string(end == what.npos ? what : what.substr(end + 2)));
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

Result<Value> Parse(std::string_view text) {
  if (auto plain = ParsePlain(text)) return *std::move(plain);
  return ParseByLibrary(text);
}

Result<Value> ParseByLibrary(std::string_view text) {
  try {
    Builder builder;
    if (Library::sax_parse(text, &builder)) return std::move(builder).Finish();
    return Complaint(builder.complaint());
  } catch (const nlohmann::json::exception& failure) {
    return Complaint(failure.what());
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
