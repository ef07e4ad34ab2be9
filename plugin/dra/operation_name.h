// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/inventory.h"
#include "plugin/offer/build_offers.h"

namespace nacelle {

// The attribute that says that a device has the operation: "aes_gcm" for
// "aes-gcm". Absent when Kubernetes does not take the name: it has to be a C
// identifier of at most 32 characters, and one that it refuses makes it refuse
// the whole slice.
std::optional<std::string> OperationAttribute(std::string_view operation);

// Operations of what is offered by dynamic resource allocation that no attribute
// can name, an AFU's aside; sorted.
std::vector<std::string> UnnamedOperations(const Inventory& inventory, const OfferPlan& plan);

}  // namespace nacelle
