// SPDX-License-Identifier: Apache-2.0
#include "core/base/folder_watch.h"

#include <sys/inotify.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "core/base/log.h"
#include "core/base/result.h"

namespace nacelle {
namespace {

std::uint32_t EventsOf(FolderChange change) {
  constexpr std::uint32_t kFolderItself = IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
  if (change == FolderChange::kNewNames) return IN_CREATE | IN_MOVED_TO | kFolderItself;
  // A file that is being written is not looked at before it is closed.
  return IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | kFolderItself;
}

}  // namespace

FolderWatch::FolderWatch(std::filesystem::path folder, FolderChange change)
    : folder_(std::move(folder)), change_(change) {
  Rearm();
}

void FolderWatch::Rearm() {
  if (!inotify_) inotify_ = UniqueFd(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify_) return TellOnce(errno);
  Drain();
  if (!watching_) watching_ = inotify_add_watch(inotify_.get(), folder_.c_str(), EventsOf(change_)) >= 0;
  if (!watching_ && errno != ENOENT) TellOnce(errno);
}

// What costs time from then on; a folder that is not there yet does not.
void FolderWatch::TellOnce(int number) {
  if (std::exchange(told_, true)) return;
  Log(kWarning, "a folder cannot be watched, and is looked at from time to time",
      {{"folder", folder_.native()}, {"reason", ErrnoError(number, "inotify").message()}});
}

void FolderWatch::Drain() {
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

}  // namespace nacelle
