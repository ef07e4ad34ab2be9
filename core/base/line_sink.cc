// SPDX-License-Identifier: Apache-2.0
#include "core/base/line_sink.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <string>

namespace nacelle {
namespace {

std::string LostLines(std::uint64_t lines) {
  return "level=warning msg=\"nobody read the log, and lines were lost\" lines=" + std::to_string(lines) + "\n";
}

}  // namespace

bool TakesLine(int fd) {
  pollfd room{fd, POLLOUT, 0};
  return poll(&room, 1, 0) == 1 && (room.revents & POLLOUT) != 0;
}

bool LineSink::TryPut(std::string_view line) {
  while (!line.empty()) {
    if (!TakesLine(fd_)) return false;
    const auto piece = line.substr(0, PIPE_BUF);
    // Nothing sensible can be done when the descriptor is gone.
    [[maybe_unused]] const ssize_t written = write(fd_, piece.data(), piece.size());
    line.remove_prefix(piece.size());
    torn_ = !line.empty();
  }
  return true;
}

void LineSink::Put(std::string_view line) {
  const std::lock_guard lock(mutex_);
  if (lost_ > 0 && TryPut((torn_ ? "\n" : "") + LostLines(lost_))) lost_ = 0;
  if (lost_ > 0 || !TryPut(line)) ++lost_;
}

}  // namespace nacelle
