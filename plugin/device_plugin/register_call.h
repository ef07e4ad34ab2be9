// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "core/base/result.h"

namespace nacelle {

// Tells the kubelet that a resource is served, on a thread of its own: the kubelet dials
// back before it answers, and one that is slow with one resource does not keep the others.
class RegisterCall {
 public:
  struct Request {
    std::filesystem::path kubelet_socket;
    std::string endpoint;  // name of the resource's socket, in the same folder
    std::string resource;
    std::chrono::milliseconds limit;
  };
  // `on_answer` is called from that thread; must not block.
  RegisterCall(Request request, std::function<void()> on_answer);
  // Gives the call up, if it is not answered.
  ~RegisterCall() = default;
  RegisterCall(const RegisterCall&) = delete;
  RegisterCall& operator=(const RegisterCall&) = delete;

  // What the kubelet said; absent before it did, or the limit passed.
  std::optional<Status> verdict() const;

 private:
  void Run(const std::stop_token& stop);

  const Request request_;
  const std::function<void()> on_answer_;
  mutable std::mutex mutex_;
  std::optional<Status> verdict_;  // guarded by mutex_
  std::jthread thread_;            // last: it uses the others
};

}  // namespace nacelle
