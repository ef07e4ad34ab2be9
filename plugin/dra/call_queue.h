// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace nacelle {

// A few threads that do what calls ask for, in the order in which it came. What
// comes while all are busy waits: no call is refused. The destructor does what
// is left. Any thread.
class CallQueue {
 public:
  // `thread_name`: at most 15 bytes. Threads start when there is work for them.
  CallQueue(std::string thread_name, std::size_t threads);
  ~CallQueue();
  CallQueue(const CallQueue&) = delete;
  CallQueue& operator=(const CallQueue&) = delete;

  // Never blocks.
  void Add(std::function<void()> work);

 private:
  void Run();

  const std::string name_;
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable added_;
  // All below guarded by mutex_.
  std::deque<std::function<void()>> work_;
  std::size_t idle_ = 0;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace nacelle
