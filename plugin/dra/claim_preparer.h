// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/discovery/feed.h"
#include "core/base/result.h"
#include "core/kube/api_client.h"
#include "plugin/device_plugin/bounded_worker.h"
#include "plugin/dra/claim.h"
#include "plugin/dra/claim_store.h"
#include "plugin/dra/claim_views.h"
#include "plugin/offer/offer_book.h"

namespace nacelle {

class HostRoot;

// Makes claims ready for containers, and undoes it. Any thread.
class ClaimPreparer {
 public:
  struct Parts {
    ApiClient& api;
    const InventoryFeed& feed;
    OfferBook& offers;  // is told what claims hold
    const HostRoot& host;
    ClaimStore& store;
    BoundedWorker& disk;
    std::string node;
    std::chrono::milliseconds disk_limit;
  };
  explicit ClaimPreparer(Parts parts) : parts_(std::move(parts)) {}

  using Prepared = std::map<std::string, Result<PreparedClaim>>;  // by uid
  using Unprepared = std::map<std::string, Status>;               // by uid

  // The claims belong to one pod. Each has an entry in the answer. The same
  // again is no error: a claim that was prepared must still mean the same
  // functions.
  Prepared Prepare(const std::vector<ClaimRef>& claims, const std::stop_token& stop);

  // A claim that was never prepared is success.
  Unprepared Unprepare(const std::vector<ClaimRef>& claims);

  // Reads the checkpoint, see ClaimStore::Load.
  Result<std::vector<Problem>> Load();

 private:
  // A claim, and what each of its devices grants.
  struct Resolved {
    AllocatedClaim claim;
    std::vector<Grant> grants;
  };
  using Views = std::vector<std::vector<std::set<DevicePlace>>>;

  Result<AllocatedClaim> Read(const ClaimRef& ref, const std::stop_token& stop) const;
  std::optional<PodUses> ReadUses(const std::vector<AllocatedClaim>& claims, const std::stop_token& stop) const;
  Prepared PrepareOnDisk(const std::vector<AllocatedClaim>& claims, const std::optional<PodUses>& uses) const;
  void TellHeld(const std::vector<AllocatedClaim>& in_flight) const;
  Result<std::vector<Grant>> Resolve(const Inventory& inventory, const AllocatedClaim& claim) const;
  Result<Grant> ResolveDevice(const Inventory& inventory, const AllocatedDevice& device) const;
  Result<PreparedClaim> Store(const Inventory& inventory, const std::vector<Resolved>& all, std::size_t claim,
                              const Views& views) const;

  const Parts parts_;
};

}  // namespace nacelle
