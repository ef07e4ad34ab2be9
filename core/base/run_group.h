// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/base/result.h"

namespace nacelle {

// A few named threads that live and end together: when one of them returns,
// all are asked to stop. Not copyable; its destructor stops and joins.
class RunGroup {
 public:
  using Body = std::function<Status(std::stop_token)>;

  RunGroup() = default;
  RunGroup(const RunGroup&) = delete;
  RunGroup& operator=(const RunGroup&) = delete;
  ~RunGroup();

  // Starts a thread. `name` is what ps and gdb show: at most 15 bytes.
  void Start(const std::string& name, Body body);

  // Asks every thread to stop; any thread, also a signal-handling one.
  void Stop() { stop_.request_stop(); }

  // Waits until all have ended; the first failure, or success.
  Status Wait();

  std::stop_token stop_token() const { return stop_.get_token(); }

 private:
  void Note(const std::string& name, Status status);

  std::stop_source stop_;
  std::vector<std::jthread> threads_;
  std::mutex mutex_;
  std::optional<Error> first_failure_;  // guarded by mutex_
};

}  // namespace nacelle
