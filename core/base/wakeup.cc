// SPDX-License-Identifier: Apache-2.0
#include "core/base/wakeup.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <vector>

namespace nacelle {
namespace {

int PollMilliseconds(std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, std::numeric_limits<int>::max()));
}

}  // namespace

Result<Woken> WaitReadable(std::span<const int> fds, std::chrono::milliseconds timeout,
                           const std::stop_token& stop) {
  const UniqueFd stopped(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stopped) return ErrnoError(errno, "eventfd");
  const std::stop_callback wake(stop, [&stopped] { eventfd_write(stopped.get(), 1); });

  std::vector<pollfd> polled;
  for (const int fd : fds) polled.push_back({fd, POLLIN, 0});
  polled.push_back({stopped.get(), POLLIN, 0});
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const int ready = poll(polled.data(), polled.size(), PollMilliseconds(deadline));
    if (stop.stop_requested()) return Woken::kStopped;
    if (ready > 0) return Woken::kReadable;
    if (ready == 0) return Woken::kTimeout;
    if (errno != EINTR) return ErrnoError(errno, "poll");
  }
}

}  // namespace nacelle
