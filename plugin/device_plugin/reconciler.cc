// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/reconciler.h"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "core/base/log.h"
#include "core/base/memory.h"
#include "plugin/device_plugin/container_grants.h"

namespace nacelle {
namespace {

constexpr std::chrono::seconds kDiskLimit{10};

bool IsGone(const Status& status) {
  return !status && (status.error().code() == Code::kConflict || status.error().code() == Code::kNotFound);
}

}  // namespace

Reconciler::Reconciler(const Parts& parts, const DevicePluginOptions& options)
    : parts_(parts), options_(options), retention_(options.leave_after, options.forget_unlisted) {}

Status Reconciler::Run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  while (!stop.stop_requested()) {
    if (!loaded_) LoadGrants();
    SaveGrants();
    RemoveSuperseded();
    Ask(stop);
    // A burst of grants leaves the allocator with many times what is in use.
    if (std::exchange(freed_, false)) GiveBackMemory();
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, options_.poll_holders, [] { return false; });
  }
  return {};
}

void Reconciler::LoadGrants() {
  const auto status = parts_.disk.Do(kDiskLimit, [this] { return parts_.grants.Load(); });
  loaded_ = status.ok();
  load_failures_.Note(status);
  if (!status) return;
  for (const auto& problem : parts_.grants.Unreadable()) {
    Log(kWarning, "unreadable record of a grant", {{"file", problem.object}, {"reason", problem.message}});
  }
}

// What could not be written when it was granted.
void Reconciler::SaveGrants() {
  const bool unsaved = !parts_.grants.Unsaved().empty();
  save_failures_.Note(unsaved ? parts_.disk.Do(kDiskLimit, [this] { return parts_.grants.Save(); }) : Status());
}

void Reconciler::RemoveSuperseded() {
  const auto ended = parts_.grants.TakeSuperseded();
  if (ended.empty()) return;
  freed_ = true;
  removal_failures_.Note(parts_.disk.Do(kDiskLimit, [this, ended] { return Remove(ended); }));
}

// Nobody had anything when the kubelet was asked last, and nothing was granted since.
bool Reconciler::MayRest() const {
  const auto holders = parts_.holders.Latest();
  return holders && first_answer_ && !IsSweepDue() && holders->holdings.empty() && holders->missed.empty() &&
         parts_.grants.All().empty() && !parts_.publisher.waits();
}

bool Reconciler::IsSweepDue() const {
  return loaded_ && !swept_ && first_answer_ && std::chrono::steady_clock::now() - *first_answer_ >= options_.leave_after;
}

void Reconciler::Ask(const std::stop_token& stop) {
  if (MayRest()) return;
  // Before the question: what is granted after it the answer cannot be about.
  const auto grants = parts_.grants.All();
  const bool sweep = IsSweepDue();
  const auto holders = parts_.holders.Ask(options_.call_limit, stop);
  if (stop.stop_requested()) return;
  parts_.metrics.CountHolderQuestion(holders ? Status() : Status(holders.error()));
  if (!holders) return failures_.Note(holders.error());
  if (!first_answer_) first_answer_ = std::chrono::steady_clock::now();
  if (sweep) Sweep(WhoMayHold(**holders));
  const auto& allocated = (*holders)->allocated;
  const auto decision = retention_.Step(grants, (*holders)->holdings, (*holders)->asked, allocated ? &*allocated : nullptr);
  if (decision.ended.empty() && decision.newly_listed.empty() && decision.idle.empty()) return failures_.Note({});
  freed_ |= !decision.ended.empty();
  failures_.Note(parts_.disk.Do(kDiskLimit, [this, decision] { return Apply(decision); }));
}

// Once after a start, when two answers have not named who might hold it: what a crash left
// does not grow by itself.
void Reconciler::Sweep(const std::vector<Holding>& holdings) {
  swept_ = true;
  const auto live = GrantIdsOf(holdings);
  auto status = parts_.disk.Do(kDiskLimit, [this, live] { return parts_.grants.Sweep(live); });
  if (!status) Log(kWarning, "leftovers of ended grants stay", {{"reason", status.error().message()}});
}

Status Reconciler::Apply(const Retention::Decision& decision) const {
  Status status;
  for (const auto& grant : decision.newly_listed) {
    auto listed = grant;
    listed.listed = true;
    if (auto confirmed = parts_.grants.Confirm(grant, listed); !confirmed && !IsGone(confirmed)) status = confirmed;
  }
  for (const auto& grant : decision.idle) {
    if (auto rests = parts_.grants.Rest(grant); !rests && !IsGone(rests)) status = rests;
  }
  if (auto removed = Remove(decision.ended); !removed) status = removed;
  return status;
}

Status Reconciler::Remove(const std::vector<Grant>& grants) const {
  Status status;
  for (const auto& grant : grants) {
    if (auto removed = parts_.grants.Remove(grant); !removed && !IsGone(removed)) status = removed;
  }
  return status;
}

}  // namespace nacelle
