// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "core/base/result.h"
#include "core/metrics/metrics.h"

namespace nacelle {

// The metrics of dynamic resource allocation, by what they mean. Any thread.
class DraMetrics {
 public:
  // Declares them all in `metrics`.
  explicit DraMetrics(Metrics& metrics);

  // One claim in a call of the kubelet: `call` is "prepare" or "unprepare".
  void CountClaim(const std::string& call, const Status& status);
  // The call itself, with all its claims.
  void CountCall(const std::string& call, std::chrono::nanoseconds took);
  void CountRegistration(const Status& status);
  void CountSliceWrite(const Status& status);
  void CountStatusWrite(const Status& status);
  void ShowClaims(std::size_t prepared);
  void ShowSlices(std::size_t slices, std::size_t devices);

 private:
  Metrics& metrics_;
};

}  // namespace nacelle
