// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/json/value.h"
#include "core/model/inventory.h"
#include "plugin/offer/build_offers.h"

namespace nacelle {

// A device as the scheduler is told of it (resource.k8s.io/v1, Device).
struct SliceDevice {
  using Attribute = std::variant<std::string, int, bool>;

  std::string name;
  std::map<std::string, Attribute> attributes;
  // Not empty: nothing new is to be scheduled there. The key of a taint.
  std::string taint;
  // Several claims may have it, each one of so many shares of its capacity.
  // Absent: one claim has it alone.
  std::optional<int> shares = std::nullopt;
  // Operations for which there is no room among the attributes: nobody can ask for them.
  std::vector<std::string> left_out = {};

  bool operator==(const SliceDevice&) const = default;
};

// A device has at most this many attributes and capacities.
inline constexpr std::size_t kMaxAttributes = 32;

// How queues that are divided into shares are shown.
struct Sharing {
  // One device with a capacity that claims consume, where the cluster knows that;
  // else one device a share.
  bool by_capacity = false;
  // By claims. A queue stays in the form in which it is held.
  std::vector<HeldShare> held = {};
};

// The shares of all offers that go by dynamic resource allocation: by offer,
// and within one the best first, because the scheduler takes the first that
// fits: healthy before others, then what is nearest to the place that the
// offer's query names, then to its memory, then by name.
std::vector<SliceDevice> SliceDevices(const Inventory& inventory, const OfferPlan& plan, const Sharing& sharing = {});

// The health of each of these devices, by name; of a queue that is divided, of
// each share.
std::map<std::string, Health> HealthOfDevices(const Inventory& inventory, const OfferPlan& plan);

json::Value Describe(const SliceDevice& device);

}  // namespace nacelle
