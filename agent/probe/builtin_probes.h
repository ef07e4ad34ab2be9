// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "agent/probe/probe.h"
#include "core/model/hardware.h"

namespace nacelle {

// One of each family that this agent knows, sorted by family. `table` outlives
// the probes.
std::vector<std::unique_ptr<const Probe>> BuiltinProbes(const HardwareTable& table);

}  // namespace nacelle
