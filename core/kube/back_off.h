// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <random>
#include <stop_token>

namespace nacelle {

// How long to wait after each failure in a row: twice as long as the time
// before, at most `most`, and a random part less, so that a thousand agents do
// not come back at once. Not for several threads.
class BackOff {
 public:
  BackOff(std::chrono::milliseconds first, std::chrono::milliseconds most);

  // After a success.
  void Reset() { next_ = first_; }
  std::chrono::milliseconds Next();

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds most_;
  std::chrono::milliseconds next_;
  std::minstd_rand random_;
};

// Returns after `time`, or as soon as `stop` is requested.
void Pause(std::chrono::milliseconds time, const std::stop_token& stop);

}  // namespace nacelle
