// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/call_queue.h"

#include <pthread.h>

#include <utility>

namespace nacelle {

CallQueue::CallQueue(std::string thread_name, std::size_t threads) : name_(std::move(thread_name)), most_(threads) {}

CallQueue::~CallQueue() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    threads.swap(threads_);
  }
  added_.notify_all();
  for (auto& thread : threads) thread.join();
}

void CallQueue::Add(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  work_.push_back(std::move(work));
  if (work_.size() > idle_ && threads_.size() < most_) threads_.emplace_back([this] { Run(); });
  else added_.notify_one();
}

void CallQueue::Run() {
  pthread_setname_np(pthread_self(), name_.c_str());
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    added_.wait(lock, [this] { return closed_ || !work_.empty(); });
    --idle_;
    if (work_.empty()) return;
    const auto work = std::move(work_.front());
    work_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace nacelle
