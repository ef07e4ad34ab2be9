// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/host/host_root.h"
#include "core/base/result.h"
#include "core/model/inventory.h"
#include "core/model/offer.h"
#include "plugin/grant/grant.h"

namespace nacelle {

// What becomes of devices that are not well: their place in a grant is for who
// looks what is wrong.
enum class Unwell { kRefuse, kAllow };

// The grant of `devices` as the inventory has them, each queue looked at once
// more on the host: its nodes have the same numbers, its links lead to the
// same device. Refuses, naming the device, an id that the offer does not have
// (kNotFound), an unhealthy one (kUnavailable) unless that is allowed, one that changed (kConflict).
Result<Grant> ResolveGrant(const HostRoot& host, const Inventory& inventory, const Offer& offer,
                           const std::vector<std::string>& devices, std::string_view boot_id, Unwell unwell = Unwell::kRefuse);

// Whether the names that the kubelet remembers for this grant still mean the
// same functions, now. kConflict or kNotFound names the function, what was
// granted, and what there is now.
Status CheckGrant(const HostRoot& host, const Inventory& inventory, const Grant& grant);

// Whether the inventory has the grant's queue with just these nodes.
bool IsSame(const Inventory& inventory, const GrantedQueue& granted);

}  // namespace nacelle
