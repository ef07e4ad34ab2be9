// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "plugin/dra/claim.h"

namespace nacelle {

// Logs why something does not succeed with a claim, once for each reason: the
// kubelet asks again and again. Any thread.
class ClaimLog {
 public:
  // `message`: a constant, which outlives this.
  explicit ClaimLog(std::string_view message) : message_(message) {}

  // How it went this time.
  void Note(const ClaimRef& claim, const Status& status);
  // The claim is done with.
  void Forget(const std::string& uid);

 private:
  const std::string_view message_;
  std::mutex mutex_;
  // By uid, of what fails: those that were told. Guarded by mutex_.
  std::map<std::string, std::set<std::string>> reasons_;
};

}  // namespace nacelle
