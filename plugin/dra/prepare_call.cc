// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/prepare_call.h"

#include <algorithm>
#include <utility>

namespace nacelle {

using std::chrono::milliseconds;

PrepareCall::PrepareCall(std::vector<ClaimRef> claims, Time begin, milliseconds limit, const std::stop_token& server)
    : claims_(std::move(claims)), begin_(begin), limit_(limit), with_server_(server, Ender{over_}) {}

milliseconds PrepareCall::Remaining() const {
  const auto passed = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin_);
  return std::max(limit_ - passed, milliseconds(0));
}

void PrepareCall::Withdraw(const std::string& uid) {
  const std::lock_guard lock(mutex_);
  withdrawn_.insert(uid);
}

Status PrepareCall::Check(const std::string& uid) const {
  if (over_.stop_requested()) return Error(Code::kUnavailable, "the kubelet has given the call up, or the agent is stopping");
  if (Remaining() == milliseconds(0)) return Error(Code::kUnavailable, "not done within " + std::to_string(limit_.count()) + " ms");
  const std::lock_guard lock(mutex_);
  if (!withdrawn_.contains(uid)) return {};
  return Error(Code::kUnavailable, "the kubelet has had it unprepared meanwhile");
}

}  // namespace nacelle
