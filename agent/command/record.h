// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"

namespace nacelle {

// The machine that `root` names as a text that `--root` reads again (see
// FormatMachine): all that a scan looks at, and what hwloc needs. Nothing else
// is read, so serial numbers and names of the machine are not in it; of figures
// that change by themselves only the size of each node's memory is.
// `hardware`: as MachineSource's; what it names is looked at as well.
Result<std::string> RecordMachine(const std::string& root, const std::string& hardware);

}  // namespace nacelle
