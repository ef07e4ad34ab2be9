// SPDX-License-Identifier: Apache-2.0
#include "core/kube/back_off.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace nacelle {

using std::chrono::milliseconds;

BackOff::BackOff(milliseconds first, milliseconds most)
    : first_(first), most_(most), next_(first), random_(std::random_device{}()) {}

milliseconds BackOff::Next() {
  const auto whole = next_;
  next_ = std::min(next_ * 2, most_);
  std::uniform_int_distribution<milliseconds::rep> part(whole.count() / 2, whole.count());
  return milliseconds(part(random_));
}

void Pause(milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace nacelle
