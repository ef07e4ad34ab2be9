// SPDX-License-Identifier: Apache-2.0
#include "core/base/line_sink.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <string_view>
#include <utility>

namespace nacelle {

bool TakesLine(int fd) {
  pollfd room{fd, POLLOUT, 0};
  return poll(&room, 1, 0) == 1 && (room.revents & POLLOUT) != 0;
}

bool LineSink::TryPut(std::string line) const {
  constexpr std::string_view kCut = "...\n";
  if (!TakesLine(fd_)) return false;
  if (line.size() > PIPE_BUF) line.replace(PIPE_BUF - kCut.size(), std::string::npos, kCut);
  // Nothing sensible can be done when the descriptor is gone.
  [[maybe_unused]] const ssize_t written = write(fd_, line.data(), line.size());
  return true;
}

void LineSink::Put(std::string line) {
  const std::lock_guard lock(mutex_);
  if (lost_ > 0 && TryPut("level=warning msg=\"nobody read the log, and lines were lost\" lines=" + std::to_string(lost_) + "\n")) {
    lost_ = 0;
  }
  if (lost_ > 0 || !TryPut(std::move(line))) ++lost_;
}

}  // namespace nacelle
