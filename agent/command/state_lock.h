// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <stop_token>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace nacelle {

// Which agent is the node's: two would take the resources from each other for ever,
// so one holds <state-dir>/lock. Another that is to follow it, in an update, asks by
// a file beside the lock, and the one that holds it lets go when it is ready to.
class StateLock {
 public:
  struct Limits {
    // How long the one that asks waits, and the one that let go for it to come.
    std::chrono::milliseconds patience{20'000};
    // How long the lock is free until the agent that took it counts as gone: the
    // kubelet starts a container that ended anew within a second or two.
    std::chrono::milliseconds gone_after{5'000};
    std::chrono::milliseconds look{500};
  };

  // kConflict when another agent holds it: at once, or with `take_over` when it was
  // asked and did not let go. A folder that cannot be written is no reason to stop:
  // then nothing is locked, and nobody asked.
  static Result<std::unique_ptr<StateLock>> Take(const std::filesystem::path& state_dir, bool take_over, Limits limits);

  // Returns when another agent asks for the lock, or on `stop`.
  Status AwaitRequest(const std::stop_token& stop) const;

  // Lets the other have it.
  void Release();
  bool held() const { return held_; }

  // After Release: until `stop`; kUnavailable when no other agent holds the lock any
  // more, which leaves the node without one.
  Status AwaitAbandoned(const std::stop_token& stop) const;

 private:
  StateLock(std::filesystem::path state_dir, Limits limits);

  // kConflict while another agent has it.
  Status TryLock();
  Status Ask();
  bool IsFree() const;

  const std::filesystem::path state_dir_;
  const std::filesystem::path lock_;
  const std::filesystem::path request_;
  const Limits limits_;
  UniqueFd fd_;
  std::atomic<bool> held_ = true;
};

}  // namespace nacelle
