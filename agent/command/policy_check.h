// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "agent/command/machine_view.h"
#include "core/config/policy.h"

namespace nacelle {

// What the policy does on a machine, for people: what each offer selects, what
// would come closest to one that selects nothing, what stays hidden, problems.
std::string DescribePolicy(const Policy& policy, const MachineView& machine);

}  // namespace nacelle
