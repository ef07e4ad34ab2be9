// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/model/offer.h"
#include "plugin/holders/pod_resources.h"
#include "plugin/offer/build_offers.h"

namespace nacelle {

// Who holds which of our devices: by the device plugin as the kubelet says it, and
// what claims hold (`claimed`) with each container that has it. A claim's device of
// which the kubelet names no container has none: it is prepared, or the kubelet
// does not tell.
std::vector<Holding> HoldingsOf(const Holders& holders, const std::vector<HeldShare>& claimed);

// Whether each container has its queues by one door: kConflict names those that have
// some by the device plugin and some by claims. Each door brings folders of its own to
// the same places, and a container sees one of two.
Status CheckDoors(const Holders& holders);

}  // namespace nacelle
