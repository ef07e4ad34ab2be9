// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace nacelle {

// What the caller can do about a failure.
enum class Code {
  kInvalid,      // the input is wrong; the same call will fail again
  kNotFound,     // the thing named does not exist
  kConflict,     // the thing exists, but is not what the caller expects
  kDenied,       // missing permission
  kUnavailable,  // may work later
  kInternal,     // our own bug, or a system that breaks its contract
};

std::string_view CodeName(Code code);

// Why an operation failed. The message reads outside-in:
// "queue sw_zip-0: available_instances: not a number: 'x'".
class [[nodiscard]] Error {
 public:
  Error(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  Code code() const { return code_; }
  const std::string& message() const { return message_; }

  // The same error with `context` in front of the message.
  Error In(std::string_view context) && {
    return Error(code_, std::string(context) + ": " + message_);
  }

  bool operator==(const Error&) const = default;

 private:
  Code code_;
  std::string message_;
};

// The error for errno value `number`; `subject` names the file or call.
Error ErrnoError(int number, std::string_view subject);

// A value, or the reason why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { assert(ok()); return *std::get_if<0>(&state_); }
  const T& value() const& { assert(ok()); return *std::get_if<0>(&state_); }
  T&& value() && { assert(ok()); return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { assert(!ok()); return *std::get_if<1>(&state_); }
  Error&& error() && { assert(!ok()); return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

// Success, or the reason for failure.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const& { assert(!ok()); return *error_; }
  Error&& error() && { assert(!ok()); return std::move(*error_); }

  bool operator==(const Status&) const = default;

 private:
  std::optional<Error> error_;
};

}  // namespace nacelle
