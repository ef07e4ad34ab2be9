// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace nacelle {

// From now on the process has so long to end by itself; then it says so on
// stderr and exits with status 0, whatever its threads are doing: one that hangs
// in a read of a dying driver, or on a disk, can neither be stopped nor waited
// for. Uses SIGALRM. Async-signal-safe.
void LimitExit(std::chrono::seconds limit);

}  // namespace nacelle
