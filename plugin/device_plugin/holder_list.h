// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/model/offer.h"
#include "plugin/holders/pod_resources.h"

namespace nacelle {

// Who held what of ours at some moment.
struct HolderSnapshot {
  TimePoint asked;  // when the kubelet was asked: the answer is not older
  std::vector<Holding> holdings;  // sorted
};

// Asks PodResources for many at once, because the kubelet answers at most 100
// questions a second. Any thread.
class HolderList {
 public:
  HolderList(const PodResources& pod_resources, const Clock& clock);

  // An answer to a question that was asked now or later, shared with whoever
  // else waits. At most `limit`.
  Result<std::shared_ptr<const HolderSnapshot>> Ask(std::chrono::milliseconds limit,
                                                    const std::stop_token& stop);

  // The newest answer, or null.
  std::shared_ptr<const HolderSnapshot> Latest() const;

 private:
  using SteadyTime = std::chrono::steady_clock;

  bool MayAsk(std::unique_lock<std::mutex>& lock, SteadyTime::time_point deadline,
              const std::stop_token& stop);
  // Releases the lock while the kubelet is asked.
  Status AskKubelet(std::unique_lock<std::mutex>& lock, SteadyTime::time_point deadline,
                    const std::stop_token& stop);

  const PodResources& pod_resources_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable_any answered_;
  // All below guarded by mutex_.
  bool asking_ = false;
  SteadyTime::time_point last_call_;    // any
  SteadyTime::time_point latest_call_;  // the one that `latest_` answers
  std::shared_ptr<const HolderSnapshot> latest_;
};

}  // namespace nacelle
