// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/holder_list.h"

#include <algorithm>
#include <utility>

#include "core/base/files.h"
#include "core/model/resource_name.h"
#include "plugin/grant/allocation_record.h"

namespace nacelle {
namespace {

constexpr std::chrono::milliseconds kLeastGap{15};
constexpr std::size_t kMaxRecord = 64 * 1024 * 1024;

bool IsOurs(const Holding& holding) {
  return holding.resource.size() > kResourceDomain.size() && holding.resource.starts_with(kResourceDomain) &&
         holding.resource[kResourceDomain.size()] == '/';
}

Status CheckNames(const Holding& holding) {
  if (auto status = CheckResourceName(holding.resource); !status) return status;
  return CheckDeviceId(holding.device);
}

bool Names(const std::vector<Holding>& sorted, const Holding& holding) {
  return std::binary_search(sorted.begin(), sorted.end(), holding);
}

}  // namespace

HolderSnapshot NextSnapshot(const HolderSnapshot& before, std::vector<Holding> holdings, TimePoint asked,
                            std::chrono::milliseconds apart) {
  HolderSnapshot next{asked, std::move(holdings), {}};
  for (const auto& missed : before.missed) {
    if (!Names(next.holdings, missed.holding) && asked - missed.since < apart) next.missed.push_back(missed);
  }
  for (const auto& holding : before.holdings) {
    if (!Names(next.holdings, holding)) next.missed.push_back({holding, asked});
  }
  return next;
}

std::vector<Holding> WhoMayHold(const HolderSnapshot& snapshot) {
  auto holdings = snapshot.holdings;
  for (const auto& missed : snapshot.missed) holdings.push_back(missed.holding);
  std::sort(holdings.begin(), holdings.end());
  return holdings;
}

HolderList::HolderList(const PodResources& pod_resources, std::filesystem::path record, const Clock& clock,
                       std::chrono::milliseconds apart)
    : pod_resources_(pod_resources), record_(std::move(record)), clock_(clock), apart_(apart) {}

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

Result<std::vector<Holding>> HolderList::ListOurs(std::chrono::milliseconds limit, const std::stop_token& stop) {
  auto holdings = pod_resources_.List(limit, stop);
  if (!holdings) return holdings;
  // What is named of a resource of ours goes back to the kubelet as a list.
  Status first;  // of those that cannot
  std::erase_if(*holdings, [&](const Holding& holding) {
    if (!IsOurs(holding)) return true;
    auto status = CheckNames(holding);
    if (status) return false;
    if (first) first = std::move(status);
    return true;
  });
  strange_.Note(first);
  holdings->erase(std::unique(holdings->begin(), holdings->end()), holdings->end());
  return holdings;
}

std::optional<std::vector<Holding>> HolderList::ReadAllocated() {
  const auto text = ReadFile(record_, kMaxRecord);
  auto allocated = text ? ReadAllocationRecord(*text) : Result<std::vector<Holding>>(text.error());
  // There is none before the kubelet's first list.
  const bool well = allocated || allocated.error().code() == Code::kNotFound;
  unreadable_.Note(well ? Status() : Status(Error(allocated.error()).In(record_.native())));
  if (!allocated) return std::nullopt;
  std::erase_if(*allocated, [](const Holding& holding) { return !IsOurs(holding); });
  return *std::move(allocated);
}

Status HolderList::AskKubelet(std::unique_lock<std::mutex>& lock, SteadyTime::time_point deadline,
                              const std::stop_token& stop) {
  asking_ = true;
  const auto call = SteadyTime::now();
  last_call_ = call;
  const auto before = latest_;
  lock.unlock();
  const auto asked = clock_.Now();
  auto holdings = ListOurs(std::chrono::ceil<std::chrono::milliseconds>(deadline - call), stop);
  auto allocated = holdings ? ReadAllocated() : std::nullopt;
  lock.lock();
  asking_ = false;
  answered_.notify_all();
  if (!holdings) return std::move(holdings).error();
  latest_call_ = call;
  auto next = NextSnapshot(before ? *before : HolderSnapshot(), *std::move(holdings), asked, apart_);
  next.allocated = std::move(allocated);
  latest_ = std::make_shared<const HolderSnapshot>(std::move(next));
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
