// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace nacelle {

// One thread that works on what may hang (a disk, a sysfs of a dying driver)
// while its callers wait for a bounded time. Work is done in the order in
// which it came. The destructor waits until all is done.
class BoundedWorker {
 public:
  enum class Urgency {
    kBehind,   // who gives it work goes on first
    kAwaited,  // somebody waits for it
  };
  // `thread_name`: at most 15 bytes.
  explicit BoundedWorker(const std::string& thread_name, Urgency urgency = Urgency::kBehind);

  // Does `work` in a millisecond, and before anything that Do is given from now
  // on, while the caller goes on: it has somebody waiting, so the thread is not
  // woken before. Never blocks. Of several, the last one is done.
  void Soon(std::function<void()> work);

  // The result of `work`, or kUnavailable after `limit` or when `stop` is
  // requested. Work that was not begun by then is dropped; begun work goes on,
  // so `work` owns all it uses.
  Status Do(std::chrono::milliseconds limit, std::function<Status()> work, const std::stop_token& stop = {});

 private:
  struct Job;

  void Run(const std::stop_token& stop);
  // Until there is work that is due, or `stop` is requested.
  void Wait(const std::stop_token& stop) const;
  void DoSoon(std::unique_lock<std::mutex>& lock);
  void DoFirst(std::unique_lock<std::mutex>& lock);

  UniqueFd asked_;  // an eventfd: there is something in jobs_
  UniqueFd due_;    // a timerfd: it is time for soon_
  std::mutex mutex_;
  std::deque<std::shared_ptr<Job>> jobs_;  // guarded by mutex_
  std::function<void()> soon_;             // guarded by mutex_
  std::jthread thread_;                    // last: it uses the others
};

}  // namespace nacelle
