// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace nacelle {

// Logs what fails again and again once with each reason, until it succeeds: what
// fails in two ways by turns is told of twice. One thread at a time.
class FailureLog {
 public:
  // What cannot be done, for example "the API server cannot be watched"; a
  // constant, which outlives this.
  explicit FailureLog(std::string_view message) : message_(message) {}

  // How it went this time. A warning with the reason, if that is news.
  void Note(const Status& status);

 private:
  std::string_view message_;
  std::set<std::string> reasons_;  // that were told since the last success
};

}  // namespace nacelle
