// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "agent/host/uevent.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace nacelle {

// What has arrived since the last look. When messages were lost, or could not
// all be taken at once, anything may have changed.
struct UeventBatch {
  std::vector<Uevent> events;
  bool lost = false;
};

// Hears the kernel's uevents (NETLINK_KOBJECT_UEVENT, group 1). They reach
// every network namespace that the initial user namespace owns, so an
// unprivileged pod hears them too. Messages of other senders are dropped.
class UeventSocket {
 public:
  // kDenied or kUnavailable where there is no such socket.
  static Result<UeventSocket> Open();

  // Readable when there is something to take.
  int fd() const { return fd_.get(); }

  // Takes what is there; never waits, and takes at most a thousand messages.
  UeventBatch Take();

 private:
  explicit UeventSocket(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace nacelle
