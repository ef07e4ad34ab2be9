// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim_store.h"

#include <unistd.h>

#include <cerrno>
#include <set>
#include <utility>

#include "core/base/files.h"
#include "plugin/grant/cdi_spec.h"
#include "plugin/grant/container_edits.h"
#include "plugin/grant/view_folder.h"

namespace nacelle {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxRecord = 1024 * 1024;
constexpr std::string_view kSuffix = ".json";

Result<std::vector<std::string>> ListPresent(const fs::path& folder) {
  auto names = ListFolder(folder);
  if (!names && names.error().code() == Code::kNotFound) return std::vector<std::string>();
  return names;
}

// The uid that a record's file is named by; empty for a file that is not ours.
std::string UidOfRecord(const std::string& file) {
  if (!file.ends_with(kSuffix)) return {};
  auto uid = file.substr(0, file.size() - kSuffix.size());
  return IsUid(uid) ? uid : std::string();
}

// The claim whose view has this name: "<uid>-<hash>".
std::string UidOfView(const std::string& view) { return view.substr(0, view.rfind('-')); }

Status Unlink(const fs::path& path) {
  if (unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return ErrnoError(errno, path.native());
}

}  // namespace

ClaimStore::ClaimStore(const fs::path& state_dir, CdiFolder cdi, std::string boot_id)
    : records_(state_dir / "claims"),
      views_(state_dir / "claim-views"),
      cdi_(std::move(cdi)),
      boot_id_(std::move(boot_id)) {}

fs::path ClaimStore::RecordPath(const std::string& uid) const { return records_ / (uid + std::string(kSuffix)); }

std::optional<PreparedClaim> ClaimStore::Find(const std::string& uid) const {
  const std::lock_guard lock(mutex_);
  const auto it = claims_.find(uid);
  if (it == claims_.end()) return std::nullopt;
  return it->second;
}

std::vector<PreparedClaim> ClaimStore::All() const {
  const std::lock_guard lock(mutex_);
  std::vector<PreparedClaim> all;
  for (const auto& [uid, claim] : claims_) all.push_back(claim);
  return all;
}

std::size_t ClaimStore::size() const {
  const std::lock_guard lock(mutex_);
  return claims_.size();
}

Result<std::vector<Problem>> ClaimStore::Load() {
  const auto files = ListPresent(records_);
  if (!files) return files.error();
  std::vector<Problem> problems;
  std::set<std::string> uids;
  for (const auto& file : *files) {
    auto problem = LoadRecord(file);
    if (!problem) return std::move(problem).error();
    if (!*problem) continue;
    problems.push_back(**std::move(problem));
    uids.insert(UidOfRecord(file));
  }
  for (const auto& claim : All()) {
    uids.insert(claim.ref.uid);
    // A container that starts again needs it, and the folder may have been
    // emptied. What fails does so again, and is told, when the claim is prepared.
    (void)WriteSpec(claim);
  }
  if (auto status = RemoveLeftovers(std::move(uids)); !status) return std::move(status).error();
  return problems;
}

Result<std::optional<Problem>> ClaimStore::LoadRecord(const std::string& file) {
  const auto uid = UidOfRecord(file);
  if (uid.empty()) return std::optional<Problem>();
  const auto text = ReadFile(RecordPath(uid), kMaxRecord);
  if (!text && text.error().code() != Code::kInvalid) return text.error();
  auto claim = text ? ReadPreparedClaim(*text) : Result<PreparedClaim>(text.error());
  if (claim && claim->ref.uid != uid) claim = Error(Code::kInvalid, "it is the record of claim " + claim->ref.uid);
  if (!claim) return std::optional(Problem{RecordPath(uid).native(), claim.error().message()});
  if (claim->boot_id != boot_id_) {
    if (auto status = Remove(uid); !status) return std::move(status).error();
    return std::optional<Problem>();
  }
  const std::lock_guard lock(mutex_);
  claims_.insert_or_assign(uid, *std::move(claim));
  return std::optional<Problem>();
}

// Views and specs of no record: a crash came between, or the boot is another.
Status ClaimStore::RemoveLeftovers(std::set<std::string> uids) const {
  const auto present = ListPresent(views_);
  if (!present) return present.error();
  for (const auto& view : *present) {
    if (uids.contains(UidOfView(view))) continue;
    if (auto status = RemoveTree(views_ / view); !status) return status;
  }
  return cdi_.RemoveOthers(uids);
}

Status ClaimStore::Put(const PreparedClaim& claim, const std::map<std::string, View>& views) {
  const auto& uid = claim.ref.uid;
  for (const auto& [name, view] : views) {
    if (auto status = WriteView(views_ / name, view); !status) return std::move(status).error().In("cannot write the view");
  }
  const auto known = Find(uid);
  if (known != claim) {
    if (auto status = MakeFolders(records_); !status) return std::move(status).error().In("cannot record the claim");
    auto status = WriteFileDurably(RecordPath(uid), WritePreparedClaim(claim));
    if (!status) return std::move(status).error().In("cannot record the claim");
    const std::lock_guard lock(mutex_);
    claims_.insert_or_assign(uid, claim);
  }
  if (auto status = WriteSpec(claim); !status) return std::move(status).error().In("cannot write the CDI spec");
  return known && known != claim ? RemoveViews(uid, &claim) : Status();
}

Status ClaimStore::WriteSpec(const PreparedClaim& claim) const {
  std::map<std::string, ContainerEdits> edits;
  for (const auto& device : claim.devices) edits.emplace(device.cdi, EditsFor(device.grant, views_ / device.view, claim.mask_sysfs));
  std::vector<CdiDevice> devices;
  for (auto& [name, edit] : edits) devices.push_back({name, std::move(edit)});
  if (devices.empty()) return cdi_.Remove(claim.ref.uid);
  return cdi_.Write(claim.ref.uid, WriteCdiSpec(cdi_.kind(), devices));
}

Status ClaimStore::RemoveViews(const std::string& uid, const PreparedClaim* keep) const {
  std::set<std::string> kept;
  if (keep != nullptr) {
    for (const auto& device : keep->devices) kept.insert(device.view);
  }
  const auto present = ListPresent(views_);
  if (!present) return present.error();
  for (const auto& view : *present) {
    if (UidOfView(view) != uid || kept.contains(view)) continue;
    if (auto status = RemoveTree(views_ / view); !status) return status;
  }
  return {};
}

Status ClaimStore::Remove(const std::string& uid) {
  if (!IsUid(uid)) return {};
  if (auto status = cdi_.Remove(uid); !status) return status;
  if (auto status = RemoveViews(uid, nullptr); !status) return status;
  if (auto status = Unlink(RecordPath(uid)); !status) return status;
  const std::lock_guard lock(mutex_);
  claims_.erase(uid);
  return {};
}

}  // namespace nacelle
