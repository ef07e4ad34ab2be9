// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/bounded_worker.h"

#include <pthread.h>
#include <sched.h>

#include <optional>
#include <utility>

namespace nacelle {
namespace {

// Lets the caller of Soon finish first: it has somebody waiting.
constexpr std::chrono::milliseconds kSoon{1};

}  // namespace

struct BoundedWorker::Job {
  std::function<Status()> work;
  std::condition_variable_any done;
  std::optional<Status> status;  // guarded by the worker's mutex_
};

BoundedWorker::BoundedWorker(const std::string& thread_name, Urgency urgency)
    : thread_([this, thread_name, urgency](const std::stop_token& stop) {
        pthread_setname_np(pthread_self(), thread_name.c_str());
        // Who wakes this thread has somebody waiting: do not take its processor.
        const sched_param none{};
        if (urgency == Urgency::kBehind) pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
        Run(stop);
      }) {}

void BoundedWorker::Soon(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  soon_ = std::move(work);
  changed_.notify_one();
}

Status BoundedWorker::Do(std::chrono::milliseconds limit, std::function<Status()> work, const std::stop_token& stop) {
  const auto job = std::make_shared<Job>();
  job->work = std::move(work);
  std::unique_lock lock(mutex_);
  jobs_.push_back(job);
  changed_.notify_one();
  if (job->done.wait_for(lock, stop, limit, [&] { return job->status.has_value(); })) return *job->status;
  std::erase(jobs_, job);
  return Error(Code::kUnavailable, "not done within " + std::to_string(limit.count()) + " ms; a disk may hang");
}

void BoundedWorker::DoSoon(std::unique_lock<std::mutex>& lock) {
  const auto work = std::exchange(soon_, nullptr);
  lock.unlock();
  work();
  lock.lock();
}

void BoundedWorker::DoFirst(std::unique_lock<std::mutex>& lock) {
  const auto job = std::move(jobs_.front());
  jobs_.pop_front();
  lock.unlock();
  auto status = job->work();
  job->work = nullptr;
  lock.lock();
  job->status = std::move(status);
  job->done.notify_all();
}

void BoundedWorker::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return soon_ || !jobs_.empty(); })) {
    if (jobs_.empty()) changed_.wait_for(lock, stop, kSoon, [this] { return !jobs_.empty(); });
    if (soon_) DoSoon(lock);
    while (!jobs_.empty()) DoFirst(lock);
  }
}

}  // namespace nacelle
