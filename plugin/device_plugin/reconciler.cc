// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/reconciler.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "core/base/log.h"

namespace nacelle {
namespace {

bool IsGone(const Status& status) {
  return !status && (status.error().code() == Code::kConflict || status.error().code() == Code::kNotFound);
}

}  // namespace

Reconciler::Reconciler(const Parts& parts, const DevicePluginOptions& options)
    : parts_(parts), options_(options), retention_(options.leave_after) {}

Status Reconciler::Run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  while (!stop.stop_requested()) {
    if (!loaded_) LoadGrants();
    RemoveSuperseded();
    Ask(stop);
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, options_.poll_holders, [] { return false; });
  }
  return {};
}

void Reconciler::LoadGrants() {
  auto status = parts_.grants.Load();
  loaded_ = status.ok();
  if (!status) Report(std::move(status).error().In("cannot read the grants"));
}

void Reconciler::RemoveSuperseded() {
  for (const auto& grant : parts_.accountant.TakeSuperseded()) {
    if (auto status = parts_.grants.Remove(grant); !IsGone(status)) Report(status);
  }
}

void Reconciler::Ask(const std::stop_token& stop) {
  const auto grants = parts_.grants.All();
  if (asked_ && grants.empty() && !parts_.publisher.waits()) return;
  const auto holders = parts_.holders.Ask(options_.call_limit, stop);
  if (stop.stop_requested()) return;
  parts_.metrics.CountHolderQuestion(holders ? Status() : Status(holders.error()));
  if (!holders) return Report(holders.error());
  asked_ = true;
  Apply(retention_.Step(parts_.grants.All(), (*holders)->holdings, (*holders)->asked));
}

void Reconciler::Apply(const Retention::Decision& decision) {
  Status status;
  for (auto grant : decision.newly_listed) {
    grant.listed = true;
    if (auto confirmed = parts_.grants.Confirm(grant); !confirmed && !IsGone(confirmed)) status = confirmed;
  }
  for (const auto& grant : decision.ended) {
    if (auto removed = parts_.grants.Remove(grant); !removed && !IsGone(removed)) status = removed;
  }
  Report(status);
}

// Each failure once, until something else happens.
void Reconciler::Report(const Status& status) {
  if (status) {
    reported_.reset();
    return;
  }
  if (reported_ == status.error()) return;
  reported_ = status.error();
  Log(kWarning, "holders and grants cannot be compared", {{"reason", status.error().message()}});
}

}  // namespace nacelle
