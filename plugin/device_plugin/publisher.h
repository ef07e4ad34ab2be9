// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "plugin/device_plugin/accountant.h"
#include "plugin/device_plugin/device_feed.h"
#include "plugin/device_plugin/listing.h"
#include "plugin/device_plugin/plan_maker.h"
#include "plugin/device_plugin/plugin_metrics.h"
#include "plugin/device_plugin/registrar.h"

namespace nacelle {

// Tells the kubelet what there is: turns every new inventory into the lists of
// its resources, and decides which resources are served at all. A resource
// that is no longer offered stays until none of its devices is held.
class Publisher {
 public:
  struct Parts {
    const InventoryFeed& feed;
    const HostRoot& host;
    OfferBook& offers;
    const GrantStore& grants;
    const HolderList& holders;
    Accountant& accountant;
    Registrar& registrar;
    PluginMetrics& metrics;
    const Clock& clock;
    BoundedWorker& disk;
  };
  Publisher(const Parts& parts, const DevicePluginOptions& options);

  Status Run(const std::stop_token& stop);

  // Whether an id waits to leave, for which PodResources is to be asked. Any thread.
  bool waits() const { return waits_; }

 private:
  struct Resource {
    explicit Resource(std::chrono::milliseconds leave_after) : listing(leave_after) {}
    Listing listing;
    std::shared_ptr<DeviceFeed> feed = std::make_shared<DeviceFeed>();
    std::size_t left_out = 0;
  };

  // What there is, and who has what of it.
  struct Situation {
    std::shared_ptr<const Inventory> inventory;
    std::shared_ptr<const HolderSnapshot> holders;  // null while the kubelet has not answered
    std::vector<Grant> grants;

    bool operator==(const Situation&) const = default;
  };
  // All that lists follow from, apart from the plan and the time.
  struct Inputs {
    std::shared_ptr<const Policy> policy;
    Situation situation;

    bool operator==(const Inputs&) const = default;
  };
  Situation Look() const;
  void Show();
  void DissolveGone(const OfferPlan& plan, const std::string& resource, const std::vector<ListedDevice>& shown);
  std::vector<ListedDevice> ShowResource(const std::string& name, Resource& resource, const Situation& now,
                                         std::vector<ListedDevice> offered, const HeldDevices& held);
  void NoteLeftOut(const std::string& name, Resource& resource, std::size_t left_out) const;
  void Announce(const OfferPlan& plan);

  const Parts parts_;
  const DevicePluginOptions& options_;
  PlanMaker plan_maker_;                       // of the running thread
  std::map<std::string, Resource> resources_;  // of the running thread
  std::set<std::string> served_;               // of the running thread
  OfferPlan announced_;                        // of the running thread
  Inputs shown_;                               // of the running thread
  std::atomic<bool> waits_ = false;
};

}  // namespace nacelle
