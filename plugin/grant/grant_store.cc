// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/grant_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/base/files.h"
#include "core/base/unique_fd.h"
#include "plugin/grant/cdi_spec.h"
#include "plugin/grant/container_edits.h"
#include "plugin/grant/grant_record.h"

namespace nacelle {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxRecord = 1024 * 1024;
constexpr std::size_t kIdLength = 16;
constexpr std::string_view kSuffix = ".json";
constexpr std::string_view kUnfinished = ".new";  // see WriteFileDurably

bool IsGrantId(std::string_view name) {
  return name.size() == kIdLength && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The grant id in a record's file name; absent for a file that is not ours.
std::optional<std::string> IdOfRecord(const std::string& file) {
  if (!file.ends_with(kSuffix)) return std::nullopt;
  auto id = file.substr(0, file.size() - kSuffix.size());
  return IsGrantId(id) ? std::optional(std::move(id)) : std::nullopt;
}

// None where the folder is not there yet.
Result<std::vector<std::string>> ListPresent(const fs::path& folder) {
  auto names = ListFolder(folder);
  if (!names && names.error().code() == Code::kNotFound) return std::vector<std::string>();
  return names;
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

}  // namespace

GrantStore::GrantStore(fs::path state_dir, CdiFolder cdi) : state_dir_(std::move(state_dir)), cdi_(std::move(cdi)) {}

Status GrantStore::WriteSpec(const Grant& grant) const {
  const auto id = GrantId(grant);
  const CdiDevice device{grant.cdi, EditsFor(grant, ViewPath(state_dir_, id), grant.mask_sysfs)};
  return cdi_.Write(id, WriteCdiSpec(cdi_.kind(), {device}));
}

// What belongs to a record: while that is there, a later run finds these again.
Status GrantStore::RemoveBeside(const std::string& grant_id) const {
  if (auto status = cdi_.Remove(grant_id); !status) return status;
  return RemoveTree(ViewPath(state_dir_, grant_id));
}

fs::path GrantStore::RecordPath(const std::string& grant_id) const {
  return state_dir_ / "grants" / (grant_id + std::string(kSuffix));
}

Status GrantStore::Load() {
  auto status = LoadRecords();
  {
    const std::lock_guard lock(mutex_);
    loaded_ = true;
  }
  loading_.notify_all();
  return status;
}

void GrantStore::AwaitLoad(std::chrono::milliseconds limit, const std::stop_token& stop) const {
  std::unique_lock lock(mutex_);
  loading_.wait_for(lock, stop, limit, [this] { return loaded_; });
}

Status GrantStore::LoadRecords() {
  const auto files = ListPresent(state_dir_ / "grants");
  if (!files) return files.error();
  {
    const std::lock_guard lock(mutex_);
    unreadable_.clear();
  }
  for (const auto& file : *files) {
    if (const auto id = IdOfRecord(file)) LoadRecord(*id, ReadRecord(*id));
  }
  return {};
}

Result<std::string> GrantStore::ReadRecord(const std::string& grant_id) const {
  return ReadFile(RecordPath(grant_id), kMaxRecord);
}

Status GrantStore::LoadLate(const std::string& grant_id) {
  const auto text = ReadRecord(grant_id);
  LoadRecord(grant_id, text);
  if (text || text.error().code() == Code::kNotFound || text.error().code() == Code::kInvalid) return {};
  return text.error();
}

void GrantStore::LoadRecord(const std::string& grant_id, const Result<std::string>& text) {
  if (!text && text.error().code() == Code::kNotFound) return;
  auto grant = text ? ReadGrantRecord(*text) : Result<Grant>(text.error());
  if (grant && GrantId(*grant) != grant_id) grant = Error(Code::kInvalid, "it is the record of " + GrantId(*grant));
  const std::lock_guard lock(mutex_);
  if (!grant) {
    unreadable_.insert_or_assign(grant_id, grant.error());
  } else if (!grants_.contains(grant_id)) {
    grant->serial = ++last_serial_;
    grant->inherited = true;
    Insert(grant_id, *std::move(grant));
  }
}

std::vector<Problem> GrantStore::Unreadable() const {
  const std::lock_guard lock(mutex_);
  std::vector<Problem> problems;
  for (const auto& [id, error] : unreadable_) problems.push_back({RecordPath(id).native(), error.message()});
  return problems;
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

void GrantStore::Insert(const std::string& grant_id, Grant grant) {
  for (const auto& device : grant.devices) ids_of_device_[device].insert(grant_id);
  grants_.insert_or_assign(grant_id, std::move(grant));
}

void GrantStore::Erase(const std::string& grant_id) {
  const auto grant = grants_.find(grant_id);
  for (const auto& device : grant->second.devices) {
    const auto ids = ids_of_device_.find(device);
    ids->second.erase(grant_id);
    if (ids->second.empty()) ids_of_device_.erase(ids);
  }
  grants_.erase(grant);
  unsaved_.erase(grant_id);
}

void GrantStore::NoteSuperseded(const std::string& grant_id, const Grant& grant) {
  for (const auto& device : grant.devices) {
    const auto ids = ids_of_device_.find(device);
    if (ids == ids_of_device_.end()) continue;
    for (const auto& id : ids->second) {
      const auto& other = grants_.at(id);
      const bool ended = other.started || other.idle;
      if (id != grant_id && ended && other.resource == grant.resource) superseded_.insert(other.serial);
    }
  }
}

std::vector<Grant> GrantStore::TakeSuperseded() {
  const std::lock_guard lock(mutex_);
  std::vector<Grant> taken;
  const auto serials = std::exchange(superseded_, {});
  if (serials.empty()) return taken;
  for (const auto& [id, grant] : grants_) {
    if (serials.contains(grant.serial)) taken.push_back(grant);
  }
  return taken;
}

bool GrantStore::Remember(Grant grant) {
  const auto id = GrantId(grant);
  const std::lock_guard lock(mutex_);
  NoteSuperseded(id, grant);
  grant.serial = ++last_serial_;
  if (const auto known = grants_.find(id); known != grants_.end()) {
    known->second.serial = grant.serial;
    if (known->second == grant) return false;
  }
  Insert(id, std::move(grant));
  unsaved_.insert(id);
  return true;
}

std::vector<Grant> GrantStore::GrantsOf(const std::set<std::string>& ids) const {
  std::vector<Grant> grants;
  for (const auto& id : ids) {
    if (const auto it = grants_.find(id); it != grants_.end()) grants.push_back(it->second);
  }
  return grants;
}

std::vector<Grant> GrantStore::Unsaved() const {
  const std::lock_guard lock(mutex_);
  return GrantsOf(unsaved_);
}

std::vector<Grant> GrantStore::TakeUnsaved() {
  const std::lock_guard lock(mutex_);
  return GrantsOf(std::exchange(unsaved_, {}));
}

Status GrantStore::Save() {
  Status status;
  for (const auto& grant : TakeUnsaved()) {
    const auto id = GrantId(grant);
    auto written = WriteRecord(RecordPath(id), WriteGrantRecord(grant));
    if (written) continue;
    status = std::move(written);
    const std::lock_guard lock(mutex_);
    unsaved_.insert(id);
  }
  return status;
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
  if (auto status = MakeFolders(state_dir_ / "grants"); !status) return status;
  if (auto status = WriteFileDurably(RecordPath(id), WriteGrantRecord(changed)); !status) return status;
  const std::lock_guard lock(mutex_);
  if (!IsKnown(id, known)) return conflict;
  Insert(id, changed);
  unsaved_.erase(id);
  return {};
}

Status GrantStore::Rest(const Grant& grant) {
  auto idle = grant;
  idle.idle = true;
  if (auto status = Confirm(grant, idle); !status) return status;
  return RemoveBeside(GrantId(grant));
}

bool GrantStore::IsLeftover(const std::string& grant_id, const std::set<std::string>& live) const {
  const std::lock_guard lock(mutex_);
  const auto unreadable = unreadable_.find(grant_id);
  const bool may_be_whole = unreadable != unreadable_.end() && unreadable->second.code() != Code::kInvalid;
  return !may_be_whole && !grants_.contains(grant_id) && !live.contains(grant_id);
}

Status GrantStore::Sweep(const std::set<std::string>& live) {
  const auto views = ListPresent(state_dir_ / "views");
  if (!views) return views.error();
  if (auto status = LoadRecords(); !status) return status;
  Status failure;  // of one, which does not keep the others
  for (const auto& id : *views) {
    if (!IsGrantId(id) || !IsLeftover(id, live)) continue;
    if (auto status = RemoveBeside(id); !status) failure = std::move(status);
  }
  const auto records = ListPresent(state_dir_ / "grants");
  if (!records) return records.error();
  for (const auto& file : *records) {
    const bool is_unfinished = file.ends_with(kUnfinished) && IdOfRecord(file.substr(0, file.size() - kUnfinished.size()));
    const auto id = IdOfRecord(file);
    if (!is_unfinished && (!id || !IsLeftover(*id, live))) continue;
    const auto path = state_dir_ / "grants" / file;
    if (unlink(path.c_str()) != 0 && errno != ENOENT) failure = ErrnoError(errno, path.native());
  }
  return failure;
}

Status GrantStore::Remove(const Grant& grant) {
  const auto id = GrantId(grant);
  {
    const std::lock_guard lock(mutex_);
    const auto known = grants_.find(id);
    if (known == grants_.end() || known->second.serial != grant.serial) {
      return Error(Code::kConflict, "grant " + id + " was allocated anew");
    }
    Erase(id);
  }
  auto status = RemoveBeside(id);
  if (status && unlink(RecordPath(id).c_str()) != 0 && errno != ENOENT) {
    status = ErrnoError(errno, RecordPath(id).native());
  }
  if (status) return {};
  const std::lock_guard lock(mutex_);
  if (!grants_.contains(id)) Insert(id, grant);
  return status;
}

}  // namespace nacelle
