// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim_preparer.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "agent/host/host_root.h"
#include "core/base/join.h"
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

// A claim may have been read before a pod joined that another call has brought.
void AddPods(std::vector<PodRef>& pods, const std::vector<PodRef>& more) {
  std::ranges::copy_if(more, std::back_inserter(pods), [&](const PodRef& pod) { return std::ranges::find(pods, pod) == pods.end(); });
}

}  // namespace

PreparedClaims ClaimPreparer::Prepare(const std::shared_ptr<PrepareCall>& call, const std::vector<AllocatedClaim>& claims,
                                      const std::optional<PodUses>& uses) {
  if (claims.empty()) return {};
  const auto batch = line_.Join({call, claims, uses});
  // The first of the batch whose turn comes does all of it.
  const auto work = [this, batch] {
    const auto jobs = line_.Take(batch);
    if (!jobs.empty()) batch->done = PrepareOnDisk(jobs);
    return Status();
  };
  const auto status = parts_.disk.Do(std::min(parts_.disk_limit, call->Remaining()), work, call->stop());
  if (!status) call->End();
  PreparedClaims prepared;
  for (const auto& claim : claims) {
    prepared.emplace(claim.ref.uid, status ? batch->done.at(claim.ref.uid) : Result<PreparedClaim>(status.error()));
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
void ClaimPreparer::TellHeld(const PrepareLine::Jobs& in_flight) const {
  auto held = parts_.store.Held();
  const auto plan = parts_.offers.Newest().plan;
  const auto add = [&](const AllocatedDevice& device) {
    const auto* offer = FindDraOffer(*plan, device.device);
    if (offer == nullptr || device.admin_access) return;
    held.push_back({offer->resource, device.device, {FindShare(*offer, device.device)->queue}, std::nullopt, Route::kDra, {}, device.share_id});
  };
  for (const auto& job : in_flight) {
    for (const auto& claim : job.claims) std::ranges::for_each(claim.devices, add);
  }
  parts_.offers.SetHeldElsewhere(std::move(held));
}

PreparedClaims ClaimPreparer::PrepareOnDisk(const PrepareLine::Jobs& jobs) const {
  TellHeld(jobs);
  PreparedClaims done;
  std::vector<AllocatedClaim> given;
  std::vector<Pod> pods;
  for (const auto& job : jobs) pods.push_back(ResolvePod(job, given, done));
  std::vector<ReadyClaim> ready;
  for (const auto& pod : pods) {
    for (auto& one : MakeReady(pod)) {
      const auto& uid = one.claim.ref.uid;
      if (auto status = pod.job.call->Check(uid); !status) done.emplace(uid, std::move(status).error());
      else ready.push_back(std::move(one));
    }
  }
  const auto stored = parts_.store.Put(ready);
  for (std::size_t i = 0; i < ready.size(); ++i) {
    auto& claim = ready[i].claim;
    const auto uid = claim.ref.uid;
    if (stored[i]) done.emplace(uid, std::move(claim));
    else done.emplace(uid, stored[i].error());
  }
  TellHeld({});
  return done;
}

ClaimPreparer::Pod ClaimPreparer::ResolvePod(const PrepareJob& job, std::vector<AllocatedClaim>& given, PreparedClaims& done) const {
  Pod pod{job, {}};
  parts_.store.TellApart(job.claims);
  auto all = given;
  for (const auto& claim : job.claims) {
    const auto wanted = job.call->Check(claim.ref.uid);
    auto grants = wanted ? Resolve(claim, all) : Result<std::vector<Grant>>(wanted.error());
    if (grants) {
      all.push_back(claim);
      pod.claims.push_back({claim, *std::move(grants)});
    } else {
      done.emplace(claim.ref.uid, std::move(grants).error());
    }
  }
  KeepTogether(pod, done);
  for (const auto& one : pod.claims) given.push_back(one.claim);
  return pod;
}

// Their views show each other's devices, and stay as they are: what was made ready
// alone would never show the rest. The kubelet starts no pod without all its claims.
void ClaimPreparer::KeepTogether(Pod& pod, PreparedClaims& done) const {
  const auto& refs = pod.job.call->claims();
  const auto is_missing = [&](const ClaimRef& ref) {
    const auto of_ref = [&](const AllocatedClaim& claim) { return claim.ref == ref; };
    const auto read = std::ranges::find_if(pod.job.claims, of_ref);
    if (read != pod.job.claims.end() && !read->is_pods_own) return false;
    return std::ranges::none_of(pod.claims, of_ref, &Resolved::claim);
  };
  const auto missing = std::ranges::find_if(refs, is_missing);
  if (missing == refs.end()) return;
  std::erase_if(pod.claims, [&](const Resolved& one) {
    const auto& ref = one.claim.ref;
    if (!one.claim.is_pods_own || parts_.store.Find(ref.uid)) return false;
    done.emplace(ref.uid, Error(Code::kUnavailable, "it waits for claim " + Show(*missing) + " of the same pod"));
    return true;
  });
}

Result<std::vector<Grant>> ClaimPreparer::Resolve(const AllocatedClaim& claim, const std::vector<AllocatedClaim>& given) const {
  const auto inventory = parts_.feed.Latest().inventory;
  if (inventory == nullptr) return Error(Code::kUnavailable, "the machine has not been scanned yet");
  if (auto status = parts_.store.CheckKnown(claim.ref.uid); !status) return std::move(status).error();
  if (auto status = parts_.store.CheckSame(claim); !status) return std::move(status).error();
  if (const auto known = parts_.store.Find(claim.ref.uid)) return ResolveKnown(*inventory, *known);
  std::vector<Grant> grants;
  auto before = given;
  before.push_back({claim.ref, {}, {}});
  for (const auto& device : claim.devices) {
    if (auto status = CheckFree(device, claim.ref.uid, given); !status) return std::move(status).error();
    auto grant = ResolveDevice(*inventory, device, before);
    if (!grant) return std::move(grant).error();
    grants.push_back(*std::move(grant));
    before.back().devices.push_back(device);
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
Status ClaimPreparer::CheckFree(const AllocatedDevice& device, const std::string& uid,
                                const std::vector<AllocatedClaim>& given) const {
  if (auto status = parts_.store.CheckFree(device, uid); !status) return status;
  for (const auto& claim : given) {
    for (const auto& other : claim.devices) {
      if (claim.ref.uid != uid && ExcludeEachOther(device, other)) return HeldBy(device, "claim " + Show(claim.ref));
    }
  }
  return {};
}

// What the scheduler has counted is bounded here, too, whatever it has counted.
Status ClaimPreparer::CheckShares(const Offer& offer, const AllocatedDevice& device, const std::vector<AllocatedClaim>& given) const {
  const auto queue = FindShare(offer, device.device)->queue;
  std::set<std::string> uids;
  for (const auto& claim : given) uids.insert(claim.ref.uid);
  auto holders = parts_.store.HoldersOf(queue, uids);
  for (const auto& claim : given) {
    for (const auto& other : claim.devices) {
      const auto share = FindShare(offer, other.device);
      if (share && share->queue == queue && !other.admin_access) holders.push_back("claim " + Show(claim.ref));
    }
  }
  const auto offered = std::ranges::find(offer.queues, queue, &OfferedQueue::queue);
  if (holders.size() < static_cast<std::size_t>(offered->shares)) return {};
  return Error(Code::kConflict, "all shares of queue '" + queue + "' are held, of which there are " + std::to_string(offered->shares) +
                                    ": by " + Join(holders, ", "));
}

Result<Grant> ClaimPreparer::ResolveDevice(const Inventory& inventory, const AllocatedDevice& device,
                                           const std::vector<AllocatedClaim>& given) const {
  const auto plan = parts_.offers.Newest().plan;
  const auto* offer = FindDraOffer(*plan, device.device);
  if (offer == nullptr) {
    return Error(Code::kNotFound, "device '" + device.device + "' is not offered by dynamic resource allocation on this node now");
  }
  // Who only looks may look at what is not well, or is somebody's.
  if (device.admin_access) {
    return ResolveGrant(parts_.host, inventory, *offer, {device.device}, parts_.store.boot_id(), Unwell::kAllow);
  }
  if (auto status = CheckShares(*offer, device, given); !status) return std::move(status).error();
  const auto taken = plan->taken.find(FindShare(*offer, device.device)->queue);
  if (taken != plan->taken.end()) return Error(Code::kUnavailable, "device '" + device.device + "': " + taken->second);
  return ResolveGrant(parts_.host, inventory, *offer, {device.device}, parts_.store.boot_id());
}

std::vector<Grant> ClaimPreparer::GrantsAt(const Pod& pod, const std::set<DevicePlace>& places) {
  std::vector<Grant> grants;
  for (const auto& [claim, device] : places) grants.push_back(pod.claims[claim].grants[device]);
  return grants;
}

std::vector<ReadyClaim> ClaimPreparer::MakeReady(const Pod& pod) const {
  const auto inventory = parts_.feed.Latest().inventory;
  const auto policy = parts_.offers.policy();
  const bool mask_sysfs = policy == nullptr || policy->grant.mask_sysfs;
  std::vector<AllocatedClaim> claims;
  for (const auto& one : pod.claims) claims.push_back(one.claim);
  const auto views = PlanViews(claims, pod.job.uses);
  std::vector<ReadyClaim> ready;
  for (std::size_t c = 0; c < claims.size(); ++c) {
    const auto& uid = claims[c].ref.uid;
    const auto known = parts_.store.Find(uid);
    ReadyClaim one{known.value_or(PreparedClaim{claims[c].ref, parts_.store.boot_id(), mask_sysfs, {}}), {}};
    AddPods(one.claim.pods, claims[c].pods);
    // Devices that have one view may have got it when less was known of the pod.
    std::map<std::string, std::set<DevicePlace>> shown;
    for (std::size_t d = 0; d < views[c].size(); ++d) {
      const auto& grant = pod.claims[c].grants[d];
      if (!known) {
        const auto view = ViewName(uid, GrantsAt(pod, views[c][d]));
        const auto edits = EditsFor(grant, parts_.store.ViewPath(view), mask_sysfs);
        one.claim.devices.push_back({claims[c].devices[d], grant, view, CdiNameFor(uid, edits)});
      }
      shown[one.claim.devices[d].view].insert(views[c][d].begin(), views[c][d].end());
    }
    for (const auto& [view, places] : shown) one.views.emplace(view, BuildView(*inventory, MergeByResource(GrantsAt(pod, places))));
    ready.push_back(std::move(one));
  }
  return ready;
}

Status ClaimPreparer::Unprepare(const std::string& uid, std::chrono::milliseconds limit, const std::stop_token& stop) {
  // Claims that come from now on are made ready after it.
  line_.Close();
  const auto work = [this, uid] {
    auto status = parts_.store.Remove(uid);
    TellHeld({});
    return status;
  };
  return parts_.disk.Do(std::min(parts_.disk_limit, limit), work, stop);
}

}  // namespace nacelle
