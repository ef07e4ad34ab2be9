// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace nacelle {

using TimePoint = std::chrono::steady_clock::time_point;

// Where time comes from, so that tests need not sleep.
class Clock {
 public:
  virtual ~Clock() = default;
  // Monotonic.
  virtual TimePoint Now() const = 0;
};

class SteadyClock final : public Clock {
 public:
  TimePoint Now() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace nacelle
