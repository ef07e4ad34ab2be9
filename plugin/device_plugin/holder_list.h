// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/base/clock.h"
#include "core/base/failure_log.h"
#include "core/base/result.h"
#include "core/model/offer.h"
#include "plugin/holders/pod_resources.h"

namespace nacelle {

// Who held what of ours at some moment.
struct HolderSnapshot {
  TimePoint asked;  // when the kubelet was asked: the answer is not older
  std::vector<Holding> holdings;  // what it named; sorted
  // What it had named before, and not this time. One answer proves no end: a kubelet that
  // has started hears of its pods one by one, and answers meanwhile.
  struct Missed {
    Holding holding;
    TimePoint since;
  };
  std::vector<Missed> missed;
  // What the kubelet had on record as allocated after that; see ReadAllocationRecord. Absent
  // where it cannot be read.
  std::optional<std::vector<Holding>> allocated = {};
};

// The answer `holdings`, sorted, to the question of moment `asked`, after `before`. What
// two answers leave out that are `apart` from each other has ended.
HolderSnapshot NextSnapshot(const HolderSnapshot& before, std::vector<Holding> holdings, TimePoint asked,
                            std::chrono::milliseconds apart);

// Who may hold something still: named now, or missed and not known to have ended. Sorted.
std::vector<Holding> WhoMayHold(const HolderSnapshot& snapshot);

// Asks PodResources for many at once, because the kubelet answers at most 100
// questions a second. Any thread.
class HolderList {
 public:
  // `record`: the kubelet's, see kAllocationRecord. `apart`: see NextSnapshot.
  HolderList(const PodResources& pod_resources, std::filesystem::path record, const Clock& clock,
             std::chrono::milliseconds apart);

  // An answer to a question that was asked now or later, shared with whoever
  // else waits. At most `limit`.
  Result<std::shared_ptr<const HolderSnapshot>> Ask(std::chrono::milliseconds limit,
                                                    const std::stop_token& stop);

  // The newest answer, or null.
  std::shared_ptr<const HolderSnapshot> Latest() const;

 private:
  using SteadyTime = std::chrono::steady_clock;

  bool MayAsk(std::unique_lock<std::mutex>& lock, SteadyTime::time_point deadline,
              const std::stop_token& stop);
  // What the kubelet names of our resources, as far as it can be; sorted.
  Result<std::vector<Holding>> ListOurs(std::chrono::milliseconds limit, const std::stop_token& stop);
  // Of our resources.
  std::optional<std::vector<Holding>> ReadAllocated();
  // Releases the lock while the kubelet is asked.
  Status AskKubelet(std::unique_lock<std::mutex>& lock, SteadyTime::time_point deadline,
                    const std::stop_token& stop);

  const PodResources& pod_resources_;
  const std::filesystem::path record_;
  const Clock& clock_;
  const std::chrono::milliseconds apart_;
  mutable std::mutex mutex_;
  std::condition_variable_any answered_;
  // All below guarded by mutex_.
  bool asking_ = false;
  SteadyTime::time_point last_call_;    // any
  SteadyTime::time_point latest_call_;  // the one that `latest_` answers
  std::shared_ptr<const HolderSnapshot> latest_;
  FailureLog strange_{"kubelet names holders of what cannot be ours"};  // of the thread that asks
  FailureLog unreadable_{"what the kubelet has allocated to init containers is not known"};  // the same
};

}  // namespace nacelle
