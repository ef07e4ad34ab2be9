// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim_preparer.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "agent/host/host_root.h"
#include "core/base/log.h"
#include "plugin/grant/cdi_spec.h"
#include "plugin/grant/container_edits.h"
#include "plugin/grant/merge.h"
#include "plugin/grant/resolve.h"
#include "plugin/grant/short_hash.h"
#include "plugin/grant/view.h"

namespace nacelle {
namespace {

// Of a claim that many pods share, no more of these are asked for what they use.
constexpr std::size_t kMaxPods = 8;
constexpr std::size_t kHashDigits = 16;

std::string ClaimPath(const ClaimRef& ref) {
  return "/apis/resource.k8s.io/v1/namespaces/" + EscapePathPart(ref.name_space) + "/resourceclaims/" +
         EscapePathPart(ref.name);
}

std::string PodPath(const std::string& name_space, const std::string& name) {
  return "/api/v1/namespaces/" + EscapePathPart(name_space) + "/pods/" + EscapePathPart(name);
}

std::size_t CountDevices(const std::vector<AllocatedClaim>& claims) {
  std::size_t count = 0;
  for (const auto& claim : claims) count += claim.devices.size();
  return count;
}

// The pods for which all the claims are reserved.
std::vector<std::string> CommonPods(const std::vector<AllocatedClaim>& claims) {
  auto common = claims.front().pods;
  for (const auto& claim : claims) {
    std::erase_if(common, [&](const std::string& pod) {
      return std::find(claim.pods.begin(), claim.pods.end(), pod) == claim.pods.end();
    });
  }
  return common;
}

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

Result<AllocatedClaim> ClaimPreparer::Read(const ClaimRef& ref, const std::stop_token& stop) const {
  if (!IsUid(ref.uid)) return Error(Code::kInvalid, "the uid '" + ref.uid + "' is none");
  auto object = parts_.api.Call({"GET", ClaimPath(ref), {}, {}, {}}, stop);
  if (!object) return std::move(object).error();
  return ReadClaim(*object, ref, parts_.node);
}

std::optional<PodUses> ClaimPreparer::ReadUses(const std::vector<AllocatedClaim>& claims, const std::stop_token& stop) const {
  const auto pods = CommonPods(claims);
  if (pods.empty() || pods.size() > kMaxPods) return std::nullopt;
  PodUses all;
  for (const auto& pod : pods) {
    const auto object = parts_.api.Call({"GET", PodPath(claims.front().ref.name_space, pod), {}, {}, {}}, stop);
    auto uses = object ? ReadPodUses(*object) : Result<PodUses>(object.error());
    if (!uses) {
      Log(kWarning, "which containers use which devices is not known; each sees all of the pod's",
          {{"namespace", claims.front().ref.name_space}, {"pod", pod}, {"reason", uses.error().message()}});
      return std::nullopt;
    }
    all.insert(all.end(), uses->begin(), uses->end());
  }
  return all;
}

ClaimPreparer::Prepared ClaimPreparer::Prepare(const std::vector<ClaimRef>& refs, const std::stop_token& stop) {
  Prepared prepared;
  std::vector<AllocatedClaim> claims;
  for (const auto& ref : refs) {
    auto claim = Read(ref, stop);
    if (!claim) prepared.insert_or_assign(ref.uid, std::move(claim).error());
    else if (prepared.emplace(ref.uid, Error(Code::kInternal, "not done")).second) claims.push_back(*std::move(claim));
  }
  if (claims.empty()) return prepared;
  const auto uses = CountDevices(claims) > 1 ? ReadUses(claims, stop) : std::nullopt;
  const auto done = std::make_shared<Prepared>();
  const auto status = parts_.disk.Do(parts_.disk_limit, [this, claims, uses, done] {
    *done = PrepareOnDisk(claims, uses);
    return Status();
  });
  for (const auto& claim : claims) {
    prepared.insert_or_assign(claim.ref.uid, status ? done->at(claim.ref.uid) : Result<PreparedClaim>(status.error()));
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
  auto held = HeldShares(parts_.store.All());
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

ClaimPreparer::Prepared ClaimPreparer::PrepareOnDisk(const std::vector<AllocatedClaim>& claims,
                                                     const std::optional<PodUses>& uses) const {
  const auto inventory = parts_.feed.Latest().inventory;
  TellHeld(claims);
  Prepared prepared;
  std::vector<Resolved> resolved;
  for (const auto& claim : claims) {
    auto grants = inventory ? Resolve(*inventory, claim)
                            : Result<std::vector<Grant>>(Error(Code::kUnavailable, "the machine has not been scanned yet"));
    if (grants) resolved.push_back({claim, *std::move(grants)});
    else prepared.emplace(claim.ref.uid, std::move(grants).error());
  }
  std::vector<AllocatedClaim> ready;
  for (const auto& one : resolved) ready.push_back(one.claim);
  const auto views = PlanViews(ready, uses);
  for (std::size_t i = 0; i < resolved.size(); ++i) {
    prepared.emplace(resolved[i].claim.ref.uid, Store(*inventory, resolved, i, views));
  }
  TellHeld({});
  return prepared;
}

Result<std::vector<Grant>> ClaimPreparer::Resolve(const Inventory& inventory, const AllocatedClaim& claim) const {
  std::vector<Grant> grants;
  const auto known = parts_.store.Find(claim.ref.uid);
  if (known && IsFor(*known, claim)) {
    // Containers have these very nodes: whether they are well does not matter
    // any more, but they must be the same.
    for (const auto& device : known->devices) {
      if (auto status = CheckGrant(parts_.host, inventory, device.grant); !status) return std::move(status).error();
      grants.push_back(device.grant);
    }
    return grants;
  }
  for (const auto& device : claim.devices) {
    auto grant = ResolveDevice(inventory, device);
    if (!grant) return std::move(grant).error();
    grants.push_back(*std::move(grant));
  }
  return grants;
}

Result<Grant> ClaimPreparer::ResolveDevice(const Inventory& inventory, const AllocatedDevice& device) const {
  const auto plan = parts_.offers.Newest().plan;
  const auto* offer = FindDraOffer(*plan, device.device);
  if (offer == nullptr) {
    return Error(Code::kNotFound, "device '" + device.device + "' is not offered by dynamic resource allocation on this node now");
  }
  const auto taken = plan->taken.find(FindShare(*offer, device.device)->queue);
  if (taken != plan->taken.end()) return Error(Code::kUnavailable, "device '" + device.device + "': " + taken->second);
  return ResolveGrant(parts_.host, inventory, *offer, {device.device}, parts_.store.boot_id());
}

Result<PreparedClaim> ClaimPreparer::Store(const Inventory& inventory, const std::vector<Resolved>& all, std::size_t claim,
                                           const Views& views) const {
  const auto& [allocated, grants] = all[claim];
  const auto policy = parts_.offers.policy();
  PreparedClaim prepared{allocated.ref, parts_.store.boot_id(), policy == nullptr || policy->grant.mask_sysfs, {}};
  std::map<std::string, View> contents;
  for (std::size_t d = 0; d < grants.size(); ++d) {
    std::vector<Grant> seen;
    for (const auto& place : views[claim][d]) seen.push_back(all[place.claim].grants[place.device]);
    const auto view = ViewName(allocated.ref.uid, seen);
    contents.try_emplace(view, BuildView(inventory, MergeByResource(seen)));
    const auto edits = EditsFor(grants[d], parts_.store.ViewPath(view), prepared.mask_sysfs);
    prepared.devices.push_back({allocated.devices[d], grants[d], view, CdiNameFor(allocated.ref.uid, edits)});
  }
  if (auto status = parts_.store.Put(prepared, contents); !status) return std::move(status).error();
  return prepared;
}

ClaimPreparer::Unprepared ClaimPreparer::Unprepare(const std::vector<ClaimRef>& claims) {
  Unprepared unprepared;
  for (const auto& claim : claims) {
    const auto& uid = claim.uid;
    unprepared.insert_or_assign(uid, parts_.disk.Do(parts_.disk_limit, [this, uid] {
      auto status = parts_.store.Remove(uid);
      TellHeld({});
      return status;
    }));
  }
  return unprepared;
}

}  // namespace nacelle
