// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/discovery/feed.h"
#include "core/base/result.h"
#include "plugin/device_plugin/bounded_worker.h"
#include "plugin/dra/claim.h"
#include "plugin/dra/claim_store.h"
#include "plugin/dra/claim_views.h"
#include "plugin/dra/prepare_call.h"
#include "plugin/dra/prepare_line.h"
#include "plugin/offer/offer_book.h"

namespace nacelle {

class HostRoot;

// Makes claims ready for containers, and undoes it. What waits for the disk is made
// ready together. Any thread.
class ClaimPreparer {
 public:
  struct Parts {
    const InventoryFeed& feed;
    OfferBook& offers;  // is told what claims hold
    const HostRoot& host;
    ClaimStore& store;
    BoundedWorker& disk;
    std::chrono::milliseconds disk_limit;
  };
  explicit ClaimPreparer(const Parts& parts) : parts_(parts) {}

  // The claims are those of `call` that could be read, of one pod, and `uses` is
  // its. Each has an entry in the answer. The same again is no error: a claim that
  // was prepared must still mean the same functions, and keeps the views and names
  // that it has, whoever comes with it. Claims that are the pod's own are made ready
  // together, or none that was not before. Nothing is made ready that `call` does not
  // want any more; what is not done in time ends it.
  PreparedClaims Prepare(const std::shared_ptr<PrepareCall>& call, const std::vector<AllocatedClaim>& claims,
                         const std::optional<PodUses>& uses);

  // A claim that was never prepared is success. Waits at most `limit`.
  Status Unprepare(const std::string& uid, std::chrono::milliseconds limit, const std::stop_token& stop);

  // Reads the checkpoint, see ClaimStore::Load.
  Result<std::vector<Problem>> Load();

 private:
  // A claim, and what each of its devices grants.
  struct Resolved {
    AllocatedClaim claim;
    std::vector<Grant> grants;
  };
  struct Pod {
    const PrepareJob& job;
    std::vector<Resolved> claims;  // those that can be made ready
  };

  // What becomes of each claim.
  PreparedClaims PrepareOnDisk(const PrepareLine::Jobs& jobs) const;
  void TellHeld(const PrepareLine::Jobs& in_flight) const;
  // `given`: the claims that are made ready besides; of those that cannot be, `done` is told.
  void KeepTogether(Pod& pod, PreparedClaims& done) const;
  Pod ResolvePod(const PrepareJob& job, std::vector<AllocatedClaim>& given, PreparedClaims& done) const;
  Result<std::vector<Grant>> Resolve(const AllocatedClaim& claim, const std::vector<AllocatedClaim>& given) const;
  Result<std::vector<Grant>> ResolveKnown(const Inventory& inventory, const PreparedClaim& known) const;
  Status CheckFree(const AllocatedDevice& device, const std::string& uid, const std::vector<AllocatedClaim>& given) const;
  // The last of `given` is the device's claim, with what it is given besides.
  Status CheckShares(const Offer& offer, const AllocatedDevice& device, const std::vector<AllocatedClaim>& given) const;
  Result<Grant> ResolveDevice(const Inventory& inventory, const AllocatedDevice& device, const std::vector<AllocatedClaim>& given) const;
  static std::vector<Grant> GrantsAt(const Pod& pod, const std::set<DevicePlace>& places);
  std::vector<ReadyClaim> MakeReady(const Pod& pod) const;

  const Parts parts_;
  PrepareLine line_;
};

}  // namespace nacelle
