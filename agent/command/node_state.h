// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "agent/command/machine_view.h"
#include "core/config/policy.h"
#include "core/model/inventory.h"
#include "core/model/offer.h"
#include "plugin/grant/grant.h"
#include "plugin/offer/build_offers.h"

namespace nacelle {

// What the agent of a machine remembers in its state folder, for the commands
// that look at the same machine.
struct NodeState {
  Policy policy;                   // in force; the default where there never was one
  std::vector<SavedTuple> tuples;  // how bundles are divided
  std::vector<HeldShare> claims;   // what claims have that were prepared in this boot
  std::vector<Grant> grants;       // what the device plugin has granted, of whatever boot
  // Files that cannot be read, with the reason: what they tell is not in the above, and
  // may be that any queue is held.
  std::vector<Problem> problems;
};

// A folder or file that is not there is nothing that is remembered. Changes nothing.
NodeState ReadNodeState(const std::filesystem::path& state_dir, const std::string& boot_id);

// What is offered on the machine under that policy, where `held` is held.
OfferPlan PlanOf(const MachineView& machine, const NodeState& state, const std::vector<HeldShare>& held);

// By function: the resources that its queues go under, joined by commas.
std::map<std::string, std::string> OffersOfFunctions(const Inventory& inventory, const OfferPlan& plan);

}  // namespace nacelle
