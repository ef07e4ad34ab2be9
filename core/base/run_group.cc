// SPDX-License-Identifier: Apache-2.0
#include "core/base/run_group.h"

#include <pthread.h>

#include <utility>

namespace nacelle {

RunGroup::~RunGroup() {
  Stop();
  threads_.clear();
}

void RunGroup::Start(const std::string& name, Body body) {
  threads_.emplace_back([this, name, body = std::move(body)] {
    pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
    Note(name, body(stop_.get_token()));
    Stop();
  });
}

Status RunGroup::Wait() {
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  threads_.clear();
  const std::lock_guard lock(mutex_);
  if (first_failure_) return *first_failure_;
  return {};
}

void RunGroup::Note(const std::string& name, Status status) {
  if (status) return;
  const std::lock_guard lock(mutex_);
  if (!first_failure_) first_failure_ = std::move(status).error().In(name);
}

}  // namespace nacelle
