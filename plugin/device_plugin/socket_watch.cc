// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/socket_watch.h"

#include <sys/inotify.h>
#include <sys/stat.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace nacelle {

SocketWatch::SocketWatch(std::filesystem::path socket) : socket_(std::move(socket)) { Watch(); }

void SocketWatch::Watch() {
  if (watching_) return;
  if (!inotify_) inotify_ = UniqueFd(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify_) return;
  const auto folder = socket_.parent_path();
  watching_ = inotify_add_watch(inotify_.get(), folder.c_str(),
                                IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR) >= 0;
}

void SocketWatch::Drain() {
  alignas(inotify_event) std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t size = read(inotify_.get(), buffer.data(), buffer.size());
    if (size <= 0) return;
    for (std::size_t at = 0; at + sizeof(inotify_event) <= static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      // The folder went: watch the one that takes its place.
      if ((event.mask & (IN_IGNORED | IN_MOVE_SELF)) != 0) watching_ = false;
      at += sizeof event + event.len;
    }
  }
}

std::optional<SocketWatch::Identity> SocketWatch::Look() const {
  struct stat now {};
  if (stat(socket_.c_str(), &now) != 0 || !S_ISSOCK(now.st_mode)) return std::nullopt;
  return Identity{now.st_dev, now.st_ino, now.st_ctim.tv_sec, now.st_ctim.tv_nsec};
}

bool SocketWatch::IsNew() {
  if (inotify_) Drain();
  Watch();
  const auto now = Look();
  const bool is_new = now && now != identity_;
  identity_ = now;
  return is_new;
}

}  // namespace nacelle
