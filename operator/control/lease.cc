// SPDX-License-Identifier: Apache-2.0
#include "operator/control/lease.h"

#include <cstdio>
#include <ctime>
#include <utility>

#include "core/base/log.h"
#include "core/kube/back_off.h"
#include "operator/control/release_owner.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* kJson = "application/json";

// metav1.MicroTime.
std::string Now() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  std::tm utc{};
  gmtime_r(&now.tv_sec, &utc);
  char seconds[sizeof("2026-01-01T00:00:00")];
  std::strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &utc);
  char micro[32];
  std::snprintf(micro, sizeof micro, ".%06ldZ", now.tv_nsec / 1000);
  return std::string(seconds) + micro;
}

json::Value MemberOr(const json::Value* object, std::initializer_list<std::string_view> names, const json::Value& otherwise) {
  const auto* found = object == nullptr ? nullptr : FindMember(*object, names);
  return found == nullptr ? otherwise : *found;
}

}  // namespace

LeaseStep DecideLease(const std::string& holder, const std::string& identity, milliseconds unchanged, milliseconds duration) {
  if (holder == identity) return LeaseStep::kRenew;
  return holder.empty() || unchanged >= duration ? LeaseStep::kTake : LeaseStep::kWait;
}

LeaseKeeper::LeaseKeeper(ApiClient& api, LeaseOptions options)
    : api_(api),
      options_(std::move(options)),
      collection_("/apis/coordination.k8s.io/v1/namespaces/" + EscapePathPart(options_.name_space) + "/leases") {}

bool LeaseKeeper::leads() const { return steady_clock::now().time_since_epoch().count() < leads_until_; }

Status LeaseKeeper::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto status = Step(stop);
    if (stop.stop_requested()) break;
    failures_.Note(status);
    const bool leads_now = leads();
    if (leads_now != led_) Log(kInfo, leads_now ? "leads" : "leads no more", {{"identity", options_.identity}});
    led_ = leads_now;
    Pause(options_.retry, stop);
  }
  if (leads()) GiveBack();
  return {};
}

Status LeaseKeeper::Step(const std::stop_token& stop) {
  const auto began = steady_clock::now();
  const auto lease = api_.Call({"GET", collection_ + '/' + options_.name, {}, {}, {}}, stop);
  if (!lease && lease.error().code() != Code::kNotFound) return lease.error();
  if (!lease) {
    auto created = Create(stop);
    if (created) NoteRenewed(began);
    return created;
  }
  const auto version = TextAt(*lease, {"metadata", "resourceVersion"});
  if (version != seen_) {
    seen_ = version;
    seen_at_ = began;
  }
  const auto unchanged = std::chrono::duration_cast<milliseconds>(began - seen_at_);
  const auto step = DecideLease(TextAt(*lease, {"spec", "holderIdentity"}), options_.identity, unchanged, options_.duration);
  if (step == LeaseStep::kWait) return {};
  auto written = Write(*lease, options_.identity, step == LeaseStep::kTake, stop);
  // Another one was faster: no failure.
  if (!written && written.error().code() == Code::kConflict) return {};
  if (written) NoteRenewed(began);
  return written;
}

void LeaseKeeper::NoteRenewed(Time began) {
  leads_until_ = (began + options_.duration * 2 / 3).time_since_epoch().count();
}

json::Object LeaseKeeper::Spec(const std::string& holder, const json::Value* before, bool taken) const {
  const auto now = Now();
  const auto turns = MemberOr(before, {"spec", "leaseTransitions"}, 0);
  const auto* count = turns.AsInt();
  return {{"holderIdentity", holder},
          {"leaseDurationSeconds", static_cast<std::int64_t>(options_.duration.count())},
          {"acquireTime", taken ? json::Value(now) : MemberOr(before, {"spec", "acquireTime"}, now)},
          {"renewTime", now},
          {"leaseTransitions", (count == nullptr ? 0 : *count) + (taken && before != nullptr ? 1 : 0)}};
}

Status LeaseKeeper::Create(const std::stop_token& stop) {
  auto lease = WithOwners({{"apiVersion", "coordination.k8s.io/v1"},
                           {"kind", "Lease"},
                           {"metadata", json::Object{{"name", options_.name}, {"namespace", options_.name_space}}},
                           {"spec", Spec(options_.identity, nullptr, true)}}, stop);
  if (!lease) return lease.error();
  const auto created = api_.Call({"POST", collection_, {}, json::Write(*lease), kJson}, stop);
  return created ? Status() : Status(created.error());
}

Status LeaseKeeper::Write(const json::Value& lease, const std::string& holder, bool taken, const std::stop_token& stop) {
  auto changed = lease.AsObject() == nullptr ? json::Object() : *lease.AsObject();
  changed.Set("spec", Spec(holder, &lease, taken));
  if (!taken) return Replace(changed, stop);
  const auto owned = WithOwners(changed, stop);
  if (!owned) return owned.error();
  auto written = Replace(*owned, stop);
  // Owners may take a right that we do not have (the admission plugin
  // OwnerReferencesPermissionEnforcement): to lead is more than to be cleaned up.
  if (!written && written.error().code() == Code::kDenied) written = Replace(changed, stop);
  return written;
}

Status LeaseKeeper::Replace(const json::Object& lease, const std::stop_token& stop) {
  const auto written = api_.Call({"PUT", collection_ + '/' + options_.name, {}, json::Write(lease), kJson}, stop);
  return written ? Status() : Status(written.error());
}

// So that it goes with the release.
Result<json::Object> LeaseKeeper::WithOwners(json::Object lease, const std::stop_token& stop) {
  auto owners = OwnersInRelease(api_, stop);
  if (!owners) return owners.error();
  const auto* meta = lease.Find("metadata");
  if (owners->empty() || meta == nullptr || meta->AsObject() == nullptr) return lease;
  auto owned = *meta->AsObject();
  owned.Set("ownerReferences", *std::move(owners));
  lease.Set("metadata", std::move(owned));
  return lease;
}

// So that the next leader need not wait.
void LeaseKeeper::GiveBack() {
  leads_until_ = 0;
  const auto lease = api_.Call({"GET", collection_ + '/' + options_.name, {}, {}, {}}, {});
  if (!lease || TextAt(*lease, {"spec", "holderIdentity"}) != options_.identity) return;
  // If it fails, the others wait for its end.
  (void)Write(*lease, "", false, {}).ok();
}

}  // namespace nacelle
