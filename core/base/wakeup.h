// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <span>
#include <stop_token>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace nacelle {

// What ended a wait.
enum class Woken { kReadable, kTimeout, kStopped };

// Waits until one of `fds` is readable, `timeout` has passed, or `stop` is
// requested, whichever is first. At most `timeout`; no busy loop.
Result<Woken> WaitReadable(std::span<const int> fds, std::chrono::milliseconds timeout,
                           const std::stop_token& stop);

}  // namespace nacelle
