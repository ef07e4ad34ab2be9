// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/bounded_worker.h"

#include <pthread.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "core/base/wakeup.h"

namespace nacelle {
namespace {

constexpr itimerspec kSoon{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_nsec = 1'000'000}};

}  // namespace

struct BoundedWorker::Job {
  std::function<Status()> work;
  std::condition_variable_any done;
  std::optional<Status> status;  // guarded by the worker's mutex_
};

BoundedWorker::BoundedWorker(const std::string& thread_name, Urgency urgency)
    : asked_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      due_(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)),
      thread_([this, thread_name, urgency](const std::stop_token& stop) {
        pthread_setname_np(pthread_self(), thread_name.c_str());
        // Who wakes this thread has somebody waiting: do not take its processor.
        const sched_param none{};
        if (urgency == Urgency::kBehind) pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
        Run(stop);
      }) {}

void BoundedWorker::Soon(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  const bool is_set = static_cast<bool>(soon_);
  soon_ = std::move(work);
  if (!is_set) timerfd_settime(due_.get(), 0, &kSoon, nullptr);
}

Status BoundedWorker::Do(std::chrono::milliseconds limit, std::function<Status()> work, const std::stop_token& stop) {
  const auto job = std::make_shared<Job>();
  job->work = std::move(work);
  std::unique_lock lock(mutex_);
  jobs_.push_back(job);
  eventfd_write(asked_.get(), 1);
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

void BoundedWorker::Wait(const std::stop_token& stop) const {
  const int fds[] = {asked_.get(), due_.get()};
  (void)WaitReadable(fds, std::chrono::hours(1), stop);
  std::uint64_t times = 0;
  for (const int fd : fds) (void)!read(fd, &times, sizeof times);
}

void BoundedWorker::Run(const std::stop_token& stop) {
  for (bool last = false; !last;) {
    Wait(stop);
    last = stop.stop_requested();
    std::unique_lock lock(mutex_);
    // What is to be done soon may have come while a job ran.
    while (soon_ || !jobs_.empty()) soon_ ? DoSoon(lock) : DoFirst(lock);
  }
}

}  // namespace nacelle
