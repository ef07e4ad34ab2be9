// SPDX-License-Identifier: Apache-2.0
#include "agent/command/state_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <thread>
#include <utility>

#include "core/base/files.h"
#include "core/base/folder_watch.h"
#include "core/base/log.h"
#include "core/base/wakeup.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// While it asks: the kubelet has no list from the moment the other lets go.
constexpr milliseconds kAskAgain{20};
// Where inotify has no watch left.
constexpr milliseconds kLookWithoutInotify{1'000};
constexpr milliseconds kLongestWait{60'000};

}  // namespace

StateLock::StateLock(std::filesystem::path state_dir, Limits limits)
    : state_dir_(std::move(state_dir)), lock_(state_dir_ / "lock"), request_(state_dir_ / "take-over"), limits_(limits) {}

Result<std::unique_ptr<StateLock>> StateLock::Take(const std::filesystem::path& state_dir, bool take_over, Limits limits) {
  std::unique_ptr<StateLock> lock(new StateLock(state_dir, limits));
  auto status = lock->TryLock();
  if (!status && status.error().code() == Code::kConflict && take_over) status = lock->Ask();
  if (status) {
    // Of an agent that asked and went, or of this one; what comes later is for the holder.
    unlink(lock->request_.c_str());
    return lock;
  }
  if (status.error().code() == Code::kConflict) return std::move(status).error();
  Log(kWarning, "the state folder cannot be written", {{"reason", status.error().message()}});
  return lock;
}

Status StateLock::TryLock() {
  auto status = MakeFolders(state_dir_);
  fd_ = UniqueFd(status ? open(lock_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644) : -1);
  // A lock needs no right to write, and the folder may be writable later.
  if (!fd_) fd_ = UniqueFd(open(lock_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd_) return status ? ErrnoError(errno, lock_.native()) : status;
  if (flock(fd_.get(), LOCK_EX | LOCK_NB) == 0) return {};
  fd_ = UniqueFd();
  return Error(Code::kConflict, "another agent uses " + state_dir_.native() + " (" + lock_.native() + " is locked)");
}

Status StateLock::Ask() {
  Log(kInfo, "another agent is asked to let go", {{"lock", lock_.native()}});
  unlink(request_.c_str());
  if (auto status = ReplaceFile(request_, ""); !status) return status;
  const auto deadline = steady_clock::now() + limits_.patience;
  auto status = TryLock();
  while (!status && status.error().code() == Code::kConflict && steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kAskAgain);
    status = TryLock();
  }
  if (status) return status;
  unlink(request_.c_str());
  return Error(Code::kConflict, status.error().message() + ", and does not let go");
}

Status StateLock::AwaitRequest(const std::stop_token& stop) const {
  FolderWatch watch(state_dir_, FolderChange::kNewNames);
  while (!stop.stop_requested()) {
    watch.Rearm();
    if (fd_ && access(request_.c_str(), F_OK) == 0) return {};
    const std::array<int, 1> fds = {watch.fd()};
    const auto woken = WaitReadable(fds, fds.front() < 0 ? kLookWithoutInotify : kLongestWait, stop);
    if (!woken) return woken.error();
  }
  return {};
}

void StateLock::Release() {
  held_ = false;
  fd_ = UniqueFd();
}

bool StateLock::IsFree() const {
  const UniqueFd fd(open(lock_.c_str(), O_RDONLY | O_CLOEXEC));
  return fd && flock(fd.get(), LOCK_EX | LOCK_NB) == 0;
}

Status StateLock::AwaitAbandoned(const std::stop_token& stop) const {
  auto taken = steady_clock::now();
  auto limit = limits_.patience;
  while (!stop.stop_requested()) {
    if (!IsFree()) {
      taken = steady_clock::now();
      limit = limits_.gone_after;
    }
    if (steady_clock::now() - taken > limit) return Error(Code::kUnavailable, "the agent that took over is gone");
    const auto woken = WaitReadable({}, limits_.look, stop);
    if (!woken) return woken.error();
  }
  return {};
}

}  // namespace nacelle
