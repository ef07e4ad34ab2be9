// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/discovery/feed.h"
#include "core/base/result.h"
#include "core/select/preference.h"
#include "plugin/device_plugin/bounded_worker.h"
#include "plugin/device_plugin/holder_list.h"
#include "plugin/grant/container_edits.h"
#include "plugin/grant/grant_store.h"
#include "plugin/offer/offer_book.h"

namespace nacelle {

class HostRoot;

// The one place where queues are granted to containers: makes grants, and checks
// them before a container starts. Any thread.
class Accountant {
 public:
  Accountant(const InventoryFeed& feed, const OfferBook& offers, const HostRoot& host, GrantStore& grants, HolderList& holders,
             BoundedWorker& disk, std::chrono::milliseconds pre_start_limit);

  // Of this boot of the machine; empty where the kernel does not tell.
  const std::string& boot_id() const { return boot_id_; }

  // What the kubelet is told of a grant: what to change in the container, or the
  // device of a CDI spec that does, and by which of two ways.
  struct Allocation {
    ContainerEdits edits;
    std::string cdi_device;      // "nacelle.dev/grant=<name>"
    std::string annotation_key;  // not empty: the CDI device goes in this annotation
  };

  // Grants devices to containers, all or none; one answer for each list of
  // ids. Never waits for a disk: admission of the whole node would wait with
  // it. The records are written behind, and PreStart tells what went wrong.
  // Granting the same again is no error: init containers reuse devices.
  Result<std::vector<Allocation>> Allocate(const std::string& resource,
                                           std::vector<std::vector<std::string>> containers);

  // The devices to take of those that the kubelet asks about; nearest to the
  // place that the offer's query names. Never fails.
  std::vector<std::string> Prefer(const std::string& resource, PreferenceRequest request) const;

  // Before every start of a container: the grant must still mean the same
  // functions; makes its view. `stop` ends the wait for PodResources.
  Status PreStart(const std::string& resource, std::vector<std::string> devices, const std::stop_token& stop);

  // The resources and ids whose Allocate is not answered yet.
  std::set<std::pair<std::string, std::string>> InFlight() const;
  // Those of one resource.
  std::set<std::string> InFlight(const std::string& resource) const;

 private:
  class Flight;

  Allocation Carry(Grant grant);
  void Record(Grant grant);
  // Whether all of a grant may be had now, as it is offered. kUnavailable with the reason.
  static Status CheckFree(const OfferPlan& plan, const Grant& grant);
  // Before a container starts with what was granted: it must mean the same still.
  Status CheckStart(const Inventory& inventory, const Grant& grant) const;
  Status MakeView(const std::string& grant_id, const HolderSnapshot& holders);

  const InventoryFeed& feed_;
  const OfferBook& offers_;
  const HostRoot& host_;
  GrantStore& grants_;
  HolderList& holders_;
  const std::chrono::milliseconds pre_start_limit_;
  const std::string boot_id_;
  mutable std::mutex mutex_;
  std::multiset<std::pair<std::string, std::string>> in_flight_;  // resource, id; guarded by mutex_
  BoundedWorker& disk_;
};

}  // namespace nacelle
