// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/config/policy.h"
#include "core/model/inventory.h"
#include "core/model/offer.h"

namespace nacelle {

// Major and minor number of a device node.
using DeviceNumber = std::pair<unsigned, unsigned>;

// A device that somebody has or may have. Its queues stay with it until it is
// released, whatever the policy says.
struct HeldShare {
  std::string resource;
  std::string device;
  std::vector<std::string> queues;  // ids
  // Into how many shares its queues were divided when it was granted; absent: unknown.
  std::optional<int> shares;
  Route route = Route::kDevicePlugin;
  // What its container can open, whatever the numbers mean now; see OwnNumbers.
  std::vector<DeviceNumber> numbers = {};
  // Of a device that several claims share by capacity: which share. Else empty.
  std::string share_id = {};

  auto operator<=>(const HeldShare&) const = default;
};

// All that decides what is offered.
struct OfferInput {
  const Inventory& inventory;
  const Policy& policy;
  std::vector<HeldShare> held;
  // The NUMA node of each CPU, for `near cpu:N`.
  std::map<int, int> numa_of_cpu;
  // Tuples that are on the list, of this policy or an earlier one.
  std::vector<SavedTuple> published = {};
  // False while it is not known what was published before the agent started:
  // then no tuples are made, and queues that a bundle may want are held back.
  bool published_known = true;
};

// What this node offers, and what it does not offer and why.
struct OfferPlan {
  std::vector<Offer> offers;       // by resource, route; each has a queue
  // All tuples of `offers`: to be saved before they are published. Sorted.
  std::vector<SavedTuple> tuples;
  // By resource: the place that its query wants to be near, CPUs told as nodes.
  std::map<std::string, Place> places;
  // By resource: the operations that its query asks for.
  std::map<std::string, std::vector<std::string>> operations;
  // Queues that nobody may be given meanwhile, with the reason; see FindTaken.
  std::map<std::string, std::string> taken;
  std::vector<std::string> empty;  // resources of the policy that have nothing here; sorted
  // Of these, those that get queues when whoever holds them otherwise releases them; sorted.
  std::vector<std::string> waiting;
  std::vector<Problem> hidden;     // functions that the policy keeps back; by object
  std::vector<Problem> problems;   // by object

  bool operator==(const OfferPlan&) const = default;
};

// Every eligible queue goes under the name of the first offer that selects it;
// those that none selects go under the name of their interface
// (nacelle.dev/<interface>), one share each, when the policy leaves the rest to
// the default and their family needs no policy. A queue that is held otherwise
// than the policy wants it keeps the name and the devices that are held, and
// gets nothing new, until it is released. A name that is to go by DRA stays with
// the device plugin until nobody holds it there any more. A bundle divides the free healthy
// queues that are left at its turn into tuples, as many as possible, then of the
// least cost, beside those that are on the list and stay (see JudgeTuples);
// what it leaves over goes to later offers, then to the rest. Names that Kubernetes refuses or that
// two would share, and more shares than there are instances, are problems.
OfferPlan BuildOffers(const OfferInput& input);

// nullptr when there is none of that name and route.
const Offer* FindOffer(const OfferPlan& plan, std::string_view resource, Route route = Route::kDevicePlugin);

}  // namespace nacelle
