// SPDX-License-Identifier: Apache-2.0
#include "agent/command/policy_keeper.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

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
constexpr const char* kClusterName = "NodeAccelerators";
// Begins what is remembered of the cluster's.
constexpr std::string_view kOfCluster = "# of the cluster\n";
// Offers every function by its interface's name.
constexpr const char* kNoPolicy = R"({"apiVersion":"nacelle.dev/v1alpha1","kind":"AcceleratorPolicy","metadata":{"name":"none"},"spec":{}})";

std::string_view WithoutMark(std::string_view text) {
  return text.starts_with(kOfCluster) ? text.substr(kOfCluster.size()) : text;
}

}  // namespace

PolicyKeeper::PolicyKeeper(Parts parts)
    : parts_(std::move(parts)),
      watch_(parts_.file.parent_path()),
      told_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      awaits_cluster_(parts_.await_cluster) {
  parts_.metrics.Set(kCurrent, {}, 0);
}

Status PolicyKeeper::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (parts_.feed.Next(0, kAwaitScan, stop).generation == 0) continue;
    watch_.Rearm();
    std::uint64_t times = 0;
    // Before the look, so that what is told meanwhile is another look.
    (void)!read(told_.get(), &times, sizeof times);
    Look();
    std::vector<int> fds = {told_.get()};
    const bool watched = parts_.file.empty() || watch_.fd() >= 0;
    if (watch_.fd() >= 0) fds.push_back(watch_.fd());
    const auto woken = WaitReadable(fds, watched ? parts_.look_anyway : parts_.look_without_inotify, stop);
    if (!woken) return woken.error();
  }
  return {};
}

void PolicyKeeper::TellCluster(const std::optional<std::string>& text) {
  {
    const std::lock_guard lock(mutex_);
    awaits_cluster_ = false;
    cluster_text_ = text;
  }
  Wake();
}

void PolicyKeeper::TellClusterSilent() {
  const auto last = ReadPolicyText(parts_.last_good);
  {
    const std::lock_guard lock(mutex_);
    if (!awaits_cluster_) return;
    awaits_cluster_ = false;
    if (last && last->starts_with(kOfCluster)) cluster_text_ = WithoutMark(*last);
  }
  Wake();
}

void PolicyKeeper::Wake() const {
  const std::uint64_t once = 1;
  (void)!write(told_.get(), &once, sizeof once);
}

std::optional<Status> PolicyKeeper::VerdictOf(const std::string& text) const {
  const std::lock_guard lock(mutex_);
  if (!verdict_ || verdict_->first != text) return std::nullopt;
  return verdict_->second;
}

// Absent while the cluster has not been heard.
std::optional<PolicyKeeper::Source> PolicyKeeper::Wanted() const {
  {
    const std::lock_guard lock(mutex_);
    if (cluster_text_) return Source{kClusterName, *cluster_text_};
    if (awaits_cluster_) return std::nullopt;
  }
  if (parts_.file.empty()) return Source{"no policy", std::string(kNoPolicy)};
  return Source{parts_.file.native(), ReadPolicyText(parts_.file)};
}

void PolicyKeeper::Look() {
  if (const auto source = Wanted()) return Decide(*source);
  // The first start in a cluster has none, and waits.
  if (!in_force_ && ReadPolicyText(parts_.last_good)) AdoptLastGood();
}

void PolicyKeeper::Decide(const Source& source) {
  if (source.text && in_force_ == *source.text) {
    refused_.reset();
    parts_.metrics.Set(kCurrent, {}, 1);
    return NoteVerdict(source, {});
  }
  const auto policy = source.text ? Read(source) : Result<Policy>(source.text.error());
  if (policy) return Adopt(*policy, source);
  NoteVerdict(source, policy.error());
  Refuse(policy.error());
  if (!in_force_) AdoptLastGood();
  NoteNone(!in_force_);
}

void PolicyKeeper::NoteNone(bool none) {
  const std::lock_guard lock(mutex_);
  none_ = none;
}

void PolicyKeeper::PutInForce(const Policy& policy, std::string text) {
  parts_.adopt(policy);
  in_force_ = std::move(text);
  const std::lock_guard lock(mutex_);
  grant_via_ = Name(policy.grant.via);
}

std::string PolicyKeeper::grant_via() const {
  const std::lock_guard lock(mutex_);
  return grant_via_;
}

bool PolicyKeeper::has_none() const {
  const std::lock_guard lock(mutex_);
  return none_;
}

void PolicyKeeper::NoteVerdict(const Source& source, Status status) {
  if (!source.text) return;
  const std::lock_guard lock(mutex_);
  if (cluster_text_ == *source.text) verdict_.emplace(*source.text, std::move(status));
}

Result<Policy> PolicyKeeper::Read(const Source& source) const {
  auto policy = ParsePolicy(*source.text, source.name);
  if (!policy) return policy;
  const auto cpus = ReadCpuNodes(parts_.host);
  const auto inventory = parts_.feed.Latest().inventory;
  auto status = CheckShares(*inventory, *policy, cpus ? *cpus : std::map<int, int>(), source.name);
  if (!status) return std::move(status).error();
  return policy;
}

void PolicyKeeper::Adopt(const Policy& policy, const Source& source) {
  PutInForce(policy, *source.text);
  refused_.reset();
  NoteNone(false);
  parts_.metrics.Set(kCurrent, {}, 1);
  NoteVerdict(source, {});
  Log(kInfo, "policy in force", {{"from", source.name}, {"name", policy.name}});
  const auto mark = source.name == kClusterName ? std::string(kOfCluster) : std::string();
  const auto kept = WriteFileDurably(parts_.last_good, mark + *source.text);
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
  PutInForce(*policy, std::string(WithoutMark(*text)));
  Log(kInfo, "policy of the last run in force", {{"name", policy->name}});
}

}  // namespace nacelle
