// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
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
#include "plugin/offer/offer_book.h"

namespace nacelle {

class HostRoot;

// Makes claims ready for containers, and undoes it. Any thread.
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

  using Prepared = std::map<std::string, Result<PreparedClaim>>;  // by uid

  // The claims belong to one pod, and `uses` to it. Each has an entry in the
  // answer. The same again is no error: a claim that was prepared must still
  // mean the same functions. Nothing is made ready that `call` does not want
  // any more.
  Prepared Prepare(const std::shared_ptr<const PrepareCall>& call, const std::vector<AllocatedClaim>& claims,
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
  using Views = std::vector<std::vector<std::set<DevicePlace>>>;

  Prepared PrepareOnDisk(const PrepareCall& call, const std::vector<AllocatedClaim>& claims,
                         const std::optional<PodUses>& uses) const;
  void TellHeld(const std::vector<AllocatedClaim>& in_flight) const;
  Result<std::vector<Grant>> Resolve(const AllocatedClaim& claim, const std::vector<Resolved>& before) const;
  Result<std::vector<Grant>> ResolveKnown(const Inventory& inventory, const PreparedClaim& known) const;
  Status CheckFree(const AllocatedDevice& device, const std::string& uid, const std::vector<Resolved>& before) const;
  Result<Grant> ResolveDevice(const Inventory& inventory, const AllocatedDevice& device) const;
  Result<PreparedClaim> Store(const PrepareCall& call, const std::vector<Resolved>& all, std::size_t claim,
                              const Views& views) const;

  const Parts parts_;
};

}  // namespace nacelle
