// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/model/function.h"
#include "plugin/device_plugin/held_devices.h"

namespace nacelle {

// A device as the kubelet is told of it.
struct ListedDevice {
  std::string id;
  Health health;
  std::vector<int> numa;
  bool held = false;
  bool withdrawn = false;  // is there, but leaves as soon as it may

  bool operator==(const ListedDevice&) const = default;
};

struct ListingInput {
  std::vector<ListedDevice> offered;
  std::map<std::string, HeldDevice> held;
  std::set<std::string> in_flight;  // ids in an Allocate that is not yet answered
  std::optional<TimePoint> holders_asked;  // when PodResources was last asked with success
  TimePoint now;
};

// Decides what ListAndWatch shows of one resource. Pure but for what it
// remembers: which ids were shown, and since when they are unhealthy. The rule
// that it keeps: an id leaves the list only when it was Unhealthy for
// `leave_after`, PodResources was asked after that and names no holder, no
// grant records it, and no Allocate is in flight. A kubelet that loses a held
// id reports it Healthy, and panics in GetTopologyHints.
class Listing {
 public:
  explicit Listing(std::chrono::milliseconds leave_after) : leave_after_(leave_after) {}

  // What to show now, by id.
  std::vector<ListedDevice> Step(const ListingInput& input);

  // Whether an id that is no longer offered waits to leave: step again soon.
  bool waits() const { return waits_; }

 private:
  struct Entry {
    ListedDevice device;
    bool offered = false;
    std::optional<TimePoint> unhealthy_since;
  };

  void ShowOffered(const ListingInput& input);
  void ShowHeld(const ListingInput& input);
  bool MayLeave(const Entry& entry, const ListingInput& input) const;

  const std::chrono::milliseconds leave_after_;
  std::map<std::string, Entry> entries_;
  bool waits_ = false;
};

}  // namespace nacelle
