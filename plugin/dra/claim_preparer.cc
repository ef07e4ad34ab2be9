// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim_preparer.h"

#include <algorithm>
#include <utility>

#include "agent/host/host_root.h"
#include "plugin/grant/cdi_spec.h"
#include "plugin/grant/container_edits.h"
#include "plugin/grant/merge.h"
#include "plugin/grant/resolve.h"
#include "plugin/grant/short_hash.h"
#include "plugin/grant/view.h"

namespace nacelle {
namespace {

constexpr std::size_t kHashDigits = 16;

// The offer of this route that has the device; nullptr when there is none.
const Offer* FindDraOffer(const OfferPlan& plan, const std::string& device) {
  const auto it = std::find_if(plan.offers.begin(), plan.offers.end(), [&](const Offer& offer) {
    return offer.route == Route::kDra && FindShare(offer, device);
  });
  return it == plan.offers.end() ? nullptr : &*it;
}

std::string ViewName(const std::string& uid, const std::vector<Grant>& grants) {
  std::string text;
  for (const auto& grant : grants) text += GrantId(grant) + '\n';
  return uid + '-' + ShortHash(text, kHashDigits);
}

}  // namespace

ClaimPreparer::Prepared ClaimPreparer::Prepare(const std::shared_ptr<const PrepareCall>& call,
                                               const std::vector<AllocatedClaim>& claims,
                                               const std::optional<PodUses>& uses) {
  Prepared prepared;
  if (claims.empty()) return prepared;
  const auto done = std::make_shared<Prepared>();
  const auto work = [this, call, claims, uses, done] {
    *done = PrepareOnDisk(*call, claims, uses);
    return Status();
  };
  const auto status = parts_.disk.Do(std::min(parts_.disk_limit, call->Remaining()), work, call->stop());
  for (const auto& claim : claims) {
    prepared.emplace(claim.ref.uid, status ? done->at(claim.ref.uid) : Result<PreparedClaim>(status.error()));
  }
  return prepared;
}

Result<std::vector<Problem>> ClaimPreparer::Load() {
  const auto problems = std::make_shared<std::vector<Problem>>();
  auto status = parts_.disk.Do(parts_.disk_limit, [this, problems]() -> Status {
    auto found = parts_.store.Load();
    if (!found) return std::move(found).error();
    *problems = *std::move(found);
    TellHeld({});
    return {};
  });
  if (!status) return std::move(status).error();
  return *problems;
}

// What claims have, and what is being given to them, stays where it is offered.
void ClaimPreparer::TellHeld(const std::vector<AllocatedClaim>& in_flight) const {
  auto held = parts_.store.Held();
  const auto plan = parts_.offers.Newest().plan;
  for (const auto& claim : in_flight) {
    for (const auto& device : claim.devices) {
      const auto* offer = FindDraOffer(*plan, device.device);
      if (offer == nullptr || device.admin_access) continue;
      held.push_back({offer->resource, device.device, {FindShare(*offer, device.device)->queue}, std::nullopt, Route::kDra, {}, device.share_id});
    }
  }
  parts_.offers.SetHeldElsewhere(std::move(held));
}

ClaimPreparer::Prepared ClaimPreparer::PrepareOnDisk(const PrepareCall& call, const std::vector<AllocatedClaim>& claims,
                                                     const std::optional<PodUses>& uses) const {
  TellHeld(claims);
  Prepared prepared;
  std::vector<Resolved> resolved;
  for (const auto& claim : claims) {
    auto grants = Resolve(claim, resolved);
    if (grants) resolved.push_back({claim, *std::move(grants)});
    else prepared.emplace(claim.ref.uid, std::move(grants).error());
  }
  std::vector<AllocatedClaim> ready;
  for (const auto& one : resolved) ready.push_back(one.claim);
  const auto views = PlanViews(ready, uses);
  for (std::size_t i = 0; i < resolved.size(); ++i) {
    prepared.emplace(resolved[i].claim.ref.uid, Store(call, resolved, i, views));
  }
  TellHeld({});
  return prepared;
}

Result<std::vector<Grant>> ClaimPreparer::Resolve(const AllocatedClaim& claim, const std::vector<Resolved>& before) const {
  const auto inventory = parts_.feed.Latest().inventory;
  if (inventory == nullptr) return Error(Code::kUnavailable, "the machine has not been scanned yet");
  if (auto status = parts_.store.CheckKnown(claim.ref.uid); !status) return std::move(status).error();
  const auto known = parts_.store.Find(claim.ref.uid);
  if (known && IsFor(*known, claim)) return ResolveKnown(*inventory, *known);
  std::vector<Grant> grants;
  for (const auto& device : claim.devices) {
    if (auto status = CheckFree(device, claim.ref.uid, before); !status) return std::move(status).error();
    auto grant = ResolveDevice(*inventory, device);
    if (!grant) return std::move(grant).error();
    grants.push_back(*std::move(grant));
  }
  return grants;
}

// Containers have these very nodes: whether they are well does not matter any
// more, but they must be the same.
Result<std::vector<Grant>> ClaimPreparer::ResolveKnown(const Inventory& inventory, const PreparedClaim& known) const {
  std::vector<Grant> grants;
  for (const auto& device : known.devices) {
    if (auto status = CheckGrant(parts_.host, inventory, device.grant); !status) return std::move(status).error();
    grants.push_back(device.grant);
  }
  return grants;
}

// The scheduler has its own books: they may be wrong after an object was removed
// by force, and then two claims are allocated one device.
Status ClaimPreparer::CheckFree(const AllocatedDevice& device, const std::string& uid, const std::vector<Resolved>& before) const {
  if (auto status = parts_.store.CheckFree(device, uid); !status) return status;
  for (const auto& [claim, grants] : before) {
    for (const auto& other : claim.devices) {
      if (claim.ref.uid != uid && ExcludeEachOther(device, other)) return HeldBy(device, Show(claim.ref));
    }
  }
  return {};
}

Result<Grant> ClaimPreparer::ResolveDevice(const Inventory& inventory, const AllocatedDevice& device) const {
  const auto plan = parts_.offers.Newest().plan;
  const auto* offer = FindDraOffer(*plan, device.device);
  if (offer == nullptr) {
    return Error(Code::kNotFound, "device '" + device.device + "' is not offered by dynamic resource allocation on this node now");
  }
  // Who only looks may look at what is not well, or is somebody's.
  if (device.admin_access) {
    return ResolveGrant(parts_.host, inventory, *offer, {device.device}, parts_.store.boot_id(), Unwell::kAllow);
  }
  const auto taken = plan->taken.find(FindShare(*offer, device.device)->queue);
  if (taken != plan->taken.end()) return Error(Code::kUnavailable, "device '" + device.device + "': " + taken->second);
  return ResolveGrant(parts_.host, inventory, *offer, {device.device}, parts_.store.boot_id());
}

Result<PreparedClaim> ClaimPreparer::Store(const PrepareCall& call, const std::vector<Resolved>& all, std::size_t claim,
                                           const Views& views) const {
  const auto& [allocated, grants] = all[claim];
  const auto inventory = parts_.feed.Latest().inventory;
  const auto policy = parts_.offers.policy();
  PreparedClaim prepared{allocated.ref, parts_.store.boot_id(), policy == nullptr || policy->grant.mask_sysfs, {}};
  std::map<std::string, View> contents;
  for (std::size_t d = 0; d < grants.size(); ++d) {
    std::vector<Grant> seen;
    for (const auto& place : views[claim][d]) seen.push_back(all[place.claim].grants[place.device]);
    const auto view = ViewName(allocated.ref.uid, seen);
    contents.try_emplace(view, BuildView(*inventory, MergeByResource(seen)));
    const auto edits = EditsFor(grants[d], parts_.store.ViewPath(view), prepared.mask_sysfs);
    prepared.devices.push_back({allocated.devices[d], grants[d], view, CdiNameFor(allocated.ref.uid, edits)});
  }
  if (auto status = call.Check(allocated.ref.uid); !status) return std::move(status).error();
  if (auto status = parts_.store.Put(prepared, contents); !status) return std::move(status).error();
  return prepared;
}

Status ClaimPreparer::Unprepare(const std::string& uid, std::chrono::milliseconds limit, const std::stop_token& stop) {
  const auto work = [this, uid] {
    auto status = parts_.store.Remove(uid);
    TellHeld({});
    return status;
  };
  return parts_.disk.Do(std::min(parts_.disk_limit, limit), work, stop);
}

}  // namespace nacelle
