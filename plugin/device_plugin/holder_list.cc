// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/holder_list.h"

#include <algorithm>
#include <utility>

#include "core/model/resource_name.h"

namespace nacelle {
namespace {

constexpr std::chrono::milliseconds kLeastGap{15};

bool IsOurs(const Holding& holding) {
  return holding.resource.size() > kResourceDomain.size() && holding.resource.starts_with(kResourceDomain) &&
         holding.resource[kResourceDomain.size()] == '/';
}

}  // namespace

HolderList::HolderList(const PodResources& pod_resources, const Clock& clock)
    : pod_resources_(pod_resources), clock_(clock) {}

std::shared_ptr<const HolderSnapshot> HolderList::Latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

// True when the caller may ask now; false after a wait, when things may have changed.
bool HolderList::MayAsk(std::unique_lock<std::mutex>& lock, SteadyTime::time_point deadline,
                        const std::stop_token& stop) {
  if (asking_) {
    answered_.wait_until(lock, stop, deadline, [this] { return !asking_; });
    return false;
  }
  const auto free_at = last_call_ + kLeastGap;
  if (SteadyTime::now() >= free_at) return true;
  answered_.wait_until(lock, stop, std::min(deadline, free_at), [] { return false; });
  return false;
}

Status HolderList::AskKubelet(std::unique_lock<std::mutex>& lock, SteadyTime::time_point deadline,
                              const std::stop_token& stop) {
  asking_ = true;
  const auto call = SteadyTime::now();
  last_call_ = call;
  lock.unlock();
  HolderSnapshot snapshot{.asked = clock_.Now(), .holdings = {}};
  auto holdings = pod_resources_.List(std::chrono::ceil<std::chrono::milliseconds>(deadline - call), stop);
  if (holdings) {
    std::copy_if(holdings->begin(), holdings->end(), std::back_inserter(snapshot.holdings), IsOurs);
  }
  lock.lock();
  asking_ = false;
  answered_.notify_all();
  if (!holdings) return std::move(holdings).error();
  latest_call_ = call;
  latest_ = std::make_shared<const HolderSnapshot>(std::move(snapshot));
  return {};
}

Result<std::shared_ptr<const HolderSnapshot>> HolderList::Ask(std::chrono::milliseconds limit,
                                                              const std::stop_token& stop) {
  const auto arrived = SteadyTime::now();
  const auto deadline = arrived + limit;
  std::unique_lock lock(mutex_);
  while (!latest_ || latest_call_ < arrived) {
    if (SteadyTime::now() >= deadline || stop.stop_requested()) {
      return Error(Code::kUnavailable, "PodResources: no answer in time");
    }
    if (!MayAsk(lock, deadline, stop)) continue;
    if (auto status = AskKubelet(lock, deadline, stop); !status) return std::move(status).error();
  }
  return latest_;
}

}  // namespace nacelle
