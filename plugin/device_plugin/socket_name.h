// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace nacelle {

// Names of our sockets: "nacelle-<hash of the resource>-<number>.sock". A
// kubelet that saw two registrations on one path may never use it again, so no
// name is used twice, not even by a later process. Not for several threads.
class SocketNames {
 public:
  SocketNames();
  std::string Next(std::string_view resource);

 private:
  std::uint64_t last_ = 0;
};

// Whether `name` is one that SocketNames makes.
bool IsOurSocket(std::string_view name);

// kInvalid when a unix socket cannot have this path (107 bytes at most).
Status CheckSocketPath(const std::filesystem::path& path);

// Removes sockets of ours in `folder` that nobody serves any more; those of a
// second, living agent and files of others stay. An absent folder is success.
Status RemoveStaleSockets(const std::filesystem::path& folder);

}  // namespace nacelle
