// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>

namespace nacelle {

// Whether a write of at most PIPE_BUF bytes to `fd` is taken without waiting for a reader:
// a pipe has a page free then, a stream socket more (pipe(7), poll(2)). Async-signal-safe.
bool TakesLine(int fd);

// Lines to a descriptor that somebody may have ceased to read: a container's log when its
// disk is full, a journal that hangs. Nobody waits for that: what finds no room is lost, and
// the next line that finds some comes after one that says how many were. The flags of the
// descriptor stay as they are, because other processes may have it too. Any thread.
class LineSink {
 public:
  explicit LineSink(int fd) : fd_(fd) {}

  // `line` ends in a newline. What is longer than PIPE_BUF is written in pieces.
  void Put(std::string_view line);

 private:
  bool TryPut(std::string_view line);

  const int fd_;
  std::mutex mutex_;
  std::uint64_t lost_ = 0;  // guarded by mutex_
  bool torn_ = false;       // a part of a line was written last; guarded by mutex_
};

}  // namespace nacelle
