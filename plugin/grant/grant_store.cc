// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/grant_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "core/base/files.h"
#include "core/base/unique_fd.h"
#include "plugin/grant/grant_record.h"

namespace nacelle {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxRecord = 1024 * 1024;
constexpr std::size_t kIdLength = 16;
constexpr std::string_view kSuffix = ".json";
constexpr std::chrono::milliseconds kRemovalLimit{500};

// The grant id in a record's file name; absent for a file that is not ours.
std::optional<std::string> IdOfRecord(const std::string& file) {
  if (file.size() != kIdLength + kSuffix.size() || !file.ends_with(kSuffix)) return std::nullopt;
  const auto id = file.substr(0, kIdLength);
  if (id.find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
  return id;
}

int OpenForWriting(const fs::path& path) {
  return open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
}

// One open, one write: readers take a torn record for none, so no rename.
Status WriteRecord(const fs::path& path, std::string_view text) {
  UniqueFd fd(OpenForWriting(path));
  if (!fd && errno == ENOENT) {
    if (auto status = MakeFolders(path.parent_path()); !status) return status;
    fd = UniqueFd(OpenForWriting(path));
  }
  if (!fd) return ErrnoError(errno, path.native());
  const ssize_t written = write(fd.get(), text.data(), text.size());
  if (written == static_cast<ssize_t>(text.size())) return {};
  const int number = written < 0 ? errno : ENOSPC;
  unlink(path.c_str());
  return ErrnoError(number, path.native());
}

bool HaveCommonDevice(const Grant& a, const Grant& b) {
  return std::find_first_of(a.devices.begin(), a.devices.end(), b.devices.begin(), b.devices.end()) !=
         a.devices.end();
}

}  // namespace

GrantStore::GrantStore(fs::path state_dir) : state_dir_(std::move(state_dir)) {}

fs::path GrantStore::RecordPath(const std::string& grant_id) const {
  return state_dir_ / "grants" / (grant_id + std::string(kSuffix));
}

Status GrantStore::Load() {
  auto status = LoadRecords();
  {
    const std::lock_guard lock(mutex_);
    loaded_ = true;
  }
  changed_.notify_all();
  return status;
}

void GrantStore::AwaitLoad(std::chrono::milliseconds limit, const std::stop_token& stop) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, limit, [this] { return loaded_; });
}

Status GrantStore::LoadRecords() {
  const auto files = ListFolder(state_dir_ / "grants");
  if (!files && files.error().code() == Code::kNotFound) return {};
  if (!files) return files.error();
  Status status;
  for (const auto& file : *files) {
    const auto id = IdOfRecord(file);
    if (!id) continue;
    const auto text = ReadFile(RecordPath(*id), kMaxRecord);
    if (!text && text.error().code() != Code::kInvalid) {
      status = text.error();
      continue;
    }
    auto grant = text ? ReadGrantRecord(*text) : Result<Grant>(text.error());
    if (!grant || GrantId(*grant) != *id) continue;
    const std::lock_guard lock(mutex_);
    grants_.emplace(*id, std::move(*grant));
  }
  return status;
}

std::vector<Grant> GrantStore::All() const {
  const std::lock_guard lock(mutex_);
  std::vector<Grant> all;
  all.reserve(grants_.size());
  for (const auto& [id, grant] : grants_) all.push_back(grant);
  return all;
}

std::optional<Grant> GrantStore::Find(const std::string& grant_id) const {
  const std::lock_guard lock(mutex_);
  const auto it = grants_.find(grant_id);
  if (it == grants_.end()) return std::nullopt;
  return it->second;
}

std::vector<Grant> GrantStore::StartedOverlapping(const Grant& grant) const {
  const std::lock_guard lock(mutex_);
  std::vector<Grant> found;
  for (const auto& [id, other] : grants_) {
    if (!other.started || other.resource != grant.resource || other.devices == grant.devices) continue;
    if (HaveCommonDevice(other, grant)) found.push_back(other);
  }
  return found;
}

bool GrantStore::WaitUntilRemoved(const std::string& grant_id) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kRemovalLimit, [&] { return !removing_.contains(grant_id); });
}

Status GrantStore::Put(const Grant& grant) {
  const auto id = GrantId(grant);
  if (Find(id) == grant) return {};
  if (!WaitUntilRemoved(id)) return Error(Code::kUnavailable, "an earlier grant is still being removed");
  if (auto status = WriteRecord(RecordPath(id), WriteGrantRecord(grant)); !status) return status;
  const std::lock_guard lock(mutex_);
  grants_.insert_or_assign(id, grant);
  return {};
}

bool GrantStore::IsKnown(const std::string& grant_id, const Grant& grant) const {
  const auto it = grants_.find(grant_id);
  return it != grants_.end() && it->second == grant;
}

Status GrantStore::Confirm(const Grant& known, const Grant& changed) {
  const auto id = GrantId(known);
  const Error conflict(Code::kConflict, "grant " + id + " was allocated anew");
  {
    const std::lock_guard lock(mutex_);
    if (!IsKnown(id, known)) return conflict;
  }
  if (known == changed) return {};
  if (auto status = WriteFileDurably(RecordPath(id), WriteGrantRecord(changed)); !status) return status;
  const std::lock_guard lock(mutex_);
  if (!IsKnown(id, known)) return conflict;
  grants_.insert_or_assign(id, changed);
  return {};
}

Status GrantStore::Remove(const Grant& grant) {
  const auto id = GrantId(grant);
  {
    const std::lock_guard lock(mutex_);
    if (!IsKnown(id, grant)) return Error(Code::kConflict, "grant " + id + " was allocated anew");
    grants_.erase(id);
    removing_.insert(id);
  }
  // The view first: while its record is there, a later run finds it again.
  auto status = RemoveTree(ViewPath(state_dir_, id));
  if (status && unlink(RecordPath(id).c_str()) != 0 && errno != ENOENT) {
    status = ErrnoError(errno, RecordPath(id).native());
  }
  {
    const std::lock_guard lock(mutex_);
    removing_.erase(id);
    if (!status) grants_.emplace(id, grant);
  }
  changed_.notify_all();
  return status;
}

}  // namespace nacelle
