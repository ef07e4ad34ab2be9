// SPDX-License-Identifier: Apache-2.0
#include "agent/command/held_on_node.h"

#include "core/model/resource_name.h"
#include "plugin/device_plugin/held_shares.h"

namespace nacelle {

std::vector<HeldShare> HeldOnNode(const MachineView& machine, const NodeState& state, const std::vector<Holding>* holdings,
                                  const std::string& boot_id) {
  auto tuples = state.tuples;
  const auto forgotten = FindForgottenTuples(tuples, state.grants);
  tuples.insert(tuples.end(), forgotten.begin(), forgotten.end());
  auto held = CollectHeldShares(machine.inventory, tuples, state.grants, holdings, {}, boot_id);
  std::erase_if(held, [](const HeldShare& share) { return !share.resource.starts_with(std::string(kResourceDomain) + '/'); });
  held.insert(held.end(), state.claims.begin(), state.claims.end());
  return held;
}

}  // namespace nacelle
