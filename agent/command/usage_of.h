// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/model/offer.h"
#include "core/select/candidates.h"
#include "plugin/offer/build_offers.h"

namespace nacelle {

// How much of each queue is held: a device of a bundle is a share of each queue of its tuple.
Usage UsageOf(const std::vector<Offer>& offers, const std::vector<HeldShare>& held);

}  // namespace nacelle
