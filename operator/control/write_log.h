// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "core/base/result.h"
#include "core/metrics/metrics.h"

namespace nacelle {

// Counts what was written, and logs each failure once, until something else
// happens to the same object. One thread.
class WriteLog {
 public:
  explicit WriteLog(Metrics& metrics);

  // Whether all is done with it: written, or refused, which is not tried again
  // before something changes.
  bool Note(const std::string& kind, const std::string& name, const Status& status);

 private:
  Metrics& metrics_;
  std::map<std::string, std::string> reported_;  // failure by what it is about
};

}  // namespace nacelle
