// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/model/inventory.h"
#include "core/model/offer.h"

namespace nacelle {

// All that an agent knows of its node at a moment.
struct NodeView {
  std::shared_ptr<const Inventory> inventory;  // null: not scanned yet
  std::vector<Offer> offers;
  std::vector<std::string> empty;   // resources of the policy that have nothing here
  std::vector<Problem> hidden;      // functions that the policy keeps back
  std::vector<Problem> problems;    // of the offers
  std::vector<Holding> holdings;    // a claim's may have no pod
  Health ready;                     // whether the kubelet was told of every offer of the device plugin
  Health claims_ready;              // whether claims can be made of every offer through DRA
  std::string grant_via;            // of the policy in force, as in crd::NodeStatus
  bool no_policy = false;           // every policy is refused: nothing is offered

  bool operator==(const NodeView&) const = default;  // of the same inventory
};

}  // namespace nacelle
