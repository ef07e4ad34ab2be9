// SPDX-License-Identifier: Apache-2.0
#include "agent/command/policy_keeper.h"

#include <array>
#include <map>
#include <span>
#include <utility>

#include "agent/discovery/cpu_nodes.h"
#include "core/base/files.h"
#include "core/base/log.h"
#include "core/base/wakeup.h"
#include "core/config/policy_file.h"
#include "plugin/offer/selection.h"

namespace nacelle {
namespace {

constexpr const char* kCurrent = "nacelle_policy_current";
constexpr std::chrono::milliseconds kAwaitScan{1'000};

}  // namespace

PolicyKeeper::PolicyKeeper(Parts parts) : parts_(std::move(parts)), watch_(parts_.file.parent_path()) {
  parts_.metrics.DeclareGauge(kCurrent, "Whether the policy in force is what its file says now.");
  parts_.metrics.Set(kCurrent, {}, 0);
}

Status PolicyKeeper::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (parts_.feed.Next(0, kAwaitScan, stop).generation == 0) continue;
    watch_.Rearm();
    Look();
    const bool told = watch_.fd() >= 0;
    const std::array<int, 1> fds = {watch_.fd()};
    const auto woken = WaitReadable(std::span(fds).first(told ? 1 : 0),
                                    told ? parts_.look_anyway : parts_.look_without_inotify, stop);
    if (!woken) return woken.error();
  }
  return {};
}

void PolicyKeeper::Look() {
  const auto text = ReadPolicyText(parts_.file);
  if (text && in_force_ == *text) {
    refused_.reset();
    return parts_.metrics.Set(kCurrent, {}, 1);
  }
  const auto policy = text ? Read(*text) : Result<Policy>(text.error());
  if (policy) return Adopt(*policy, *text);
  Refuse(policy.error());
  if (!in_force_) AdoptLastGood();
}

Result<Policy> PolicyKeeper::Read(const std::string& text) const {
  auto policy = ParsePolicy(text, parts_.file.native());
  if (!policy) return policy;
  const auto cpus = ReadCpuNodes(parts_.host);
  const auto inventory = parts_.feed.Latest().inventory;
  auto status = CheckShares(*inventory, *policy, cpus ? *cpus : std::map<int, int>(), parts_.file.native());
  if (!status) return std::move(status).error();
  return policy;
}

void PolicyKeeper::Adopt(const Policy& policy, const std::string& text) {
  parts_.adopt(policy);
  in_force_ = text;
  refused_.reset();
  parts_.metrics.Set(kCurrent, {}, 1);
  Log(kInfo, "policy in force", {{"file", parts_.file.native()}, {"name", policy.name}});
  const auto kept = WriteFileDurably(parts_.last_good, text);
  if (kept) return;
  Log(kWarning, "the policy cannot be remembered for the next start", {{"reason", kept.error().message()}});
}

void PolicyKeeper::Refuse(const Error& error) {
  parts_.metrics.Set(kCurrent, {}, 0);
  if (refused_ == error) return;
  refused_ = error;
  Log(kError, "policy refused; the last good one stays in force", {{"reason", error.message()}});
}

void PolicyKeeper::AdoptLastGood() {
  const auto text = ReadPolicyText(parts_.last_good);
  const auto policy = text ? ParsePolicy(*text, parts_.last_good.native()) : Result<Policy>(text.error());
  if (!policy) {
    if (not_kept_ == policy.error()) return;
    not_kept_ = policy.error();
    return Log(kError, "there is no last good policy: nothing new is offered", {{"reason", policy.error().message()}});
  }
  parts_.adopt(*policy);
  in_force_ = *text;
  Log(kInfo, "policy of the last run in force", {{"name", policy->name}});
}

}  // namespace nacelle
