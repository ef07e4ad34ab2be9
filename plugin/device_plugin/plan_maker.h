// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/failure_log.h"
#include "plugin/device_plugin/accountant.h"
#include "plugin/device_plugin/bounded_worker.h"
#include "plugin/device_plugin/holder_list.h"
#include "plugin/grant/grant_store.h"
#include "plugin/offer/offer_book.h"

namespace nacelle {

// Makes the plan of what is offered, from the newest inventory, the policy and
// who holds what, and puts it into the book. Remembers how bundles are divided
// in <state-dir>/tuples.json: a tuple is in the plan only when it is on disk. For
// one thread.
class PlanMaker {
 public:
  struct Parts {
    const InventoryFeed& feed;
    const HostRoot& host;
    OfferBook& offers;
    const GrantStore& grants;
    const HolderList& holders;
    const Accountant& accountant;
    BoundedWorker& disk;
  };
  explicit PlanMaker(const Parts& parts);

  // The machine must have been scanned. Returns whether anything changed that
  // the plan follows from.
  bool Step(const std::shared_ptr<const Policy>& policy);

  // A tuple has left the list: its queues are free.
  void Dissolve(const std::string& resource, const std::string& id);

 private:
  // What a plan was made from.
  struct Basis {
    std::shared_ptr<const Inventory> inventory;
    std::shared_ptr<const Policy> policy;
    std::vector<HeldShare> held;
    std::vector<SavedTuple> published;
    std::map<int, int> numa_of_cpu;

    bool operator==(const Basis&) const = default;
  };

  void Load();
  Basis Look(const std::shared_ptr<const Policy>& policy) const;
  void Make(const Basis& basis);
  Status Save(const std::vector<SavedTuple>& tuples);
  bool IsSaved(const std::string& resource, const std::string& id) const;
  void LeaveOutUnsaved(const std::vector<HeldShare>& held, OfferPlan& plan) const;

  const Parts parts_;
  const std::filesystem::path file_;
  bool loaded_ = false;
  std::vector<SavedTuple> saved_;      // what the file says
  std::vector<SavedTuple> published_;  // what the newest plan says
  std::optional<Basis> made_from_;     // absent when the plan could not be saved
  FailureLog failures_{"new bundles wait for the state folder"};
};

}  // namespace nacelle
