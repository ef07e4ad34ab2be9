// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "core/base/folder_watch.h"

namespace nacelle {

// Tells when a socket was created anew: the kubelet removes and recreates
// kubelet.sock when it starts. What decides is the file itself; inotify only
// says when to look. Not for several threads.
class SocketWatch {
 public:
  explicit SocketWatch(std::filesystem::path socket);

  // Readable when it is time to look; -1 when inotify has no watch left or
  // the folder is not there yet: then look from time to time.
  int fd() const { return folder_.fd(); }

  bool exists() const { return identity_.has_value(); }

  // Looks. True when the socket exists and is not the one of the last look.
  bool IsNew();

 private:
  // Inode and time of change: inode numbers are used again at once.
  struct Identity {
    unsigned long long device = 0;
    unsigned long long inode = 0;
    long long changed_s = 0;
    long long changed_ns = 0;

    bool operator==(const Identity&) const = default;
  };

  std::optional<Identity> Look() const;

  const std::filesystem::path socket_;
  FolderWatch folder_;
  std::optional<Identity> identity_;
};

}  // namespace nacelle
