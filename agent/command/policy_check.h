// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "agent/command/machine_view.h"
#include "core/base/result.h"
#include "core/config/policy.h"

namespace nacelle {

// The policy that `text` is, when this program can put it in force. kInvalid
// for mistakes (see ParsePolicy) and for what is not implemented. `file` is its
// name in messages.
Result<Policy> ReadPolicy(const std::string& text, const std::string& file);

// What the policy does on a machine, for people: what each offer selects, what
// would come closest to one that selects nothing, what stays hidden, problems.
std::string DescribePolicy(const Policy& policy, const MachineView& machine);

}  // namespace nacelle
