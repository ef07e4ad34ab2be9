// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "plugin/dra/claim.h"

namespace nacelle {

// One call of the kubelet to prepare claims: how long its answer is of use. What
// comes after its end would be an answer to nobody, and a claim that stays
// prepared although nobody knows. Any thread.
class PrepareCall {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `server`: requested when all calls are to end.
  PrepareCall(std::vector<ClaimRef> claims, Time begin, std::chrono::milliseconds limit, const std::stop_token& server);

  const std::vector<ClaimRef>& claims() const { return claims_; }
  Time begin() const { return begin_; }
  // Requested when it is over before its time: for waits.
  std::stop_token stop() const { return over_.get_token(); }
  // What is left of its time; 0 when there is nothing.
  std::chrono::milliseconds Remaining() const;

  // Nobody waits for the answer any more.
  void End() { over_.request_stop(); }
  // The kubelet has the claim unprepared while it is being prepared.
  void Withdraw(const std::string& uid);

  // Whether what is made ready for this claim is still wanted; kUnavailable says
  // why it is not.
  Status Check(const std::string& uid) const;

 private:
  const std::vector<ClaimRef> claims_;
  const Time begin_;
  const std::chrono::milliseconds limit_;
  std::stop_source over_;
  struct Ender {
    std::stop_source& over;
    void operator()() const { over.request_stop(); }
  };
  const std::stop_callback<Ender> with_server_;
  mutable std::mutex mutex_;
  std::set<std::string> withdrawn_;  // guarded by mutex_
};

}  // namespace nacelle
