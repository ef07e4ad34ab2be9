// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "plugin/grant/grant.h"

namespace nacelle {

// One grant a resource, with the devices and queues of all; by resource.
std::vector<Grant> MergeByResource(const std::vector<Grant>& grants);

}  // namespace nacelle
