// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/socket_watch.h"

#include <sys/stat.h>

#include <utility>

namespace nacelle {

SocketWatch::SocketWatch(std::filesystem::path socket)
    : socket_(std::move(socket)), folder_(socket_.parent_path(), FolderChange::kNewNames) {}

std::optional<SocketWatch::Identity> SocketWatch::Look() const {
  struct stat now {};
  if (stat(socket_.c_str(), &now) != 0 || !S_ISSOCK(now.st_mode)) return std::nullopt;
  return Identity{now.st_dev, now.st_ino, now.st_ctim.tv_sec, now.st_ctim.tv_nsec};
}

bool SocketWatch::IsNew() {
  folder_.Rearm();
  const auto now = Look();
  const bool is_new = now && now != identity_;
  identity_ = now;
  return is_new;
}

}  // namespace nacelle
