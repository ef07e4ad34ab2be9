// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/result.h"

namespace nacelle::json {

class Value;
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;

// Members keep the order in which they were added, so equal input gives
// byte-equal output.
class Object {
 public:
  Object() = default;
  Object(std::initializer_list<Member> members);

  // Adds a member at the end, or replaces the one of that name in its place.
  void Set(std::string_view name, Value value);
  // nullptr when there is no such member.
  const Value* Find(std::string_view name) const;
  const std::vector<Member>& members() const { return members_; }

 private:
  std::vector<Member> members_;
};

// One JSON value (RFC 8259). Numbers are 64-bit integers or doubles.
class Value {
 public:
  Value() = default;  // null
  Value(std::nullptr_t) {}                                        // NOLINT(google-explicit-constructor)
  Value(bool value) : data_(value) {}                             // NOLINT(google-explicit-constructor)
  Value(int value) : data_(std::int64_t{value}) {}                // NOLINT(google-explicit-constructor)
  Value(unsigned value) : data_(std::int64_t{value}) {}           // NOLINT(google-explicit-constructor)
  Value(std::int64_t value) : data_(value) {}                     // NOLINT(google-explicit-constructor)
  Value(std::uint64_t value) : data_(static_cast<std::int64_t>(value)) {}  // NOLINT(google-explicit-constructor)
  Value(double value) : data_(value) {}                           // NOLINT(google-explicit-constructor)
  Value(const char* value) : data_(std::string(value)) {}         // NOLINT(google-explicit-constructor)
  Value(std::string_view value) : data_(std::string(value)) {}    // NOLINT(google-explicit-constructor)
  Value(std::string value) : data_(std::move(value)) {}           // NOLINT(google-explicit-constructor)
  Value(Array value) : data_(std::move(value)) {}                 // NOLINT(google-explicit-constructor)
  Value(Object value) : data_(std::move(value)) {}                // NOLINT(google-explicit-constructor)

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  // nullptr when the value is of another type.
  const bool* AsBool() const { return std::get_if<bool>(&data_); }
  const std::int64_t* AsInt() const { return std::get_if<std::int64_t>(&data_); }
  const double* AsDouble() const { return std::get_if<double>(&data_); }
  const std::string* AsString() const { return std::get_if<std::string>(&data_); }
  const Array* AsArray() const { return std::get_if<Array>(&data_); }
  const Object* AsObject() const { return std::get_if<Object>(&data_); }

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> data_;
};

// An array of strings.
Value Strings(const std::vector<std::string>& values);

// One line without spaces. Bytes that are not UTF-8 are replaced by U+FFFD.
std::string Write(const Value& value);

// The same with members by name, in which equal values are equal texts whoever wrote them.
std::string WriteSorted(const Value& value);

// Two spaces a level and a newline at the end, for people and reviews.
std::string WritePretty(const Value& value);

// Parses exactly one value; at most 64 levels deep. kInvalid tells the byte.
Result<Value> Parse(std::string_view text);

// Members of an object by type; kInvalid, naming the member, when it is absent
// or of another type.
Result<std::string> GetString(const Object& object, std::string_view name);
Result<std::int64_t> GetInt(const Object& object, std::string_view name);
Result<Array> GetArray(const Object& object, std::string_view name);
// An array of strings.
Result<std::vector<std::string>> GetStrings(const Object& object, std::string_view name);

}  // namespace nacelle::json
