// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "agent/command/machine_view.h"
#include "agent/command/node_state.h"
#include "core/model/offer.h"
#include "plugin/offer/build_offers.h"

namespace nacelle {

// What containers have or may have of the machine's queues, by the device plugin and by
// claims, as the agent of that machine knows it: by its records, and by what the kubelet
// says (`holdings`, sorted). Null where the kubelet does not answer: all that is on
// record is held then.
std::vector<HeldShare> HeldOnNode(const MachineView& machine, const NodeState& state, const std::vector<Holding>* holdings,
                                  const std::string& boot_id);

}  // namespace nacelle
