// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
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
  Health health;

  bool operator==(const SliceDevice&) const = default;
};

// A device has at most this many attributes.
inline constexpr std::size_t kMaxAttributes = 32;

// The shares of all offers that go by dynamic resource allocation: by offer,
// and within one the best first, because the scheduler takes the first that
// fits: healthy before others, then what is nearest to the place that the
// offer's query names, then to its memory, then by name.
std::vector<SliceDevice> SliceDevices(const Inventory& inventory, const OfferPlan& plan);

json::Value Describe(const SliceDevice& device);

}  // namespace nacelle
