// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim_store.h"

#include <unistd.h>

#include <algorithm>
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

// Of a file that has the records of many.
constexpr std::size_t kMaxRecords = 16 * 1024 * 1024;
constexpr std::string_view kSuffix = ".json";
constexpr std::string_view kTemporary = ".json.new";

Result<std::vector<std::string>> ListPresent(const fs::path& folder) {
  auto names = ListFolder(folder);
  if (!names && names.error().code() == Code::kNotFound) return std::vector<std::string>();
  return names;
}

std::string RecordName(const std::string& uid) { return uid + std::string(kSuffix); }

// The uid that a record's file is named by; empty for a file that is not ours.
std::string UidOfRecord(const std::string& file) {
  if (!file.ends_with(kSuffix)) return {};
  auto uid = file.substr(0, file.size() - kSuffix.size());
  return IsUid(uid) ? uid : std::string();
}

// The claim whose view has this name: "<uid>-<hash>".
std::string UidOfView(const std::string& view) { return view.substr(0, view.rfind('-')); }

std::string NameOf(const LostClaim& lost) { return "the claim of the record " + lost.record + ", which cannot be read"; }

bool HasDevice(const AllocatedClaim& claim, const std::string& device) {
  return std::ranges::any_of(claim.devices, [&](const AllocatedDevice& one) { return one.device == device; });
}

bool HasDevice(const PreparedClaim& claim, const std::string& device) {
  return std::ranges::any_of(claim.devices, [&](const PreparedDevice& one) { return one.allocated.device == device; });
}

bool HasQueue(const Grant& grant, const std::string& queue) {
  return std::ranges::any_of(grant.queues, [&](const auto& one) { return one.id == queue; });
}

Status Unlink(const fs::path& path) {
  if (unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return ErrnoError(errno, path.native());
}

}  // namespace

ClaimStore::ClaimStore(const fs::path& state_dir, const fs::path& run_dir, CdiFolder cdi, std::string boot_id)
    : records_(state_dir / "claims"),
      views_(run_dir / "claim-views"),
      old_views_(state_dir / "claim-views"),
      cdi_(std::move(cdi)),
      boot_id_(std::move(boot_id)),
      journal_(state_dir / "claims.journal") {}

fs::path ClaimStore::RecordPath(const std::string& uid) const { return records_ / RecordName(uid); }

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

std::uint64_t ClaimStore::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

std::vector<HeldShare> ClaimStore::Held() const {
  std::vector<HeldShare> held;
  const std::lock_guard lock(mutex_);
  for (const auto& [uid, claim] : claims_) {
    for (auto& share : HeldShares(claim)) held.push_back(std::move(share));
  }
  for (const auto& [uid, lost] : lost_) {
    if (lost.held) held.insert(held.end(), lost.held->begin(), lost.held->end());
  }
  return held;
}

Status ClaimStore::CheckFree(const AllocatedDevice& device, const std::string& uid) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [other, claim] : claims_) {
    if (other == uid) continue;
    for (const auto& held : claim.devices) {
      if (ExcludeEachOther(device, held.allocated)) return HeldBy(device, "claim " + Show(claim.ref));
    }
  }
  // Of a device that has shares it has one at most: those are counted.
  if (device.admin_access || !device.share_id.empty()) return {};
  for (const auto& [other, lost] : lost_) {
    if (other == uid || !lost.held) continue;
    for (const auto& held : *lost.held) {
      if (held.device == device.device) return HeldBy(device, NameOf(lost));
    }
  }
  return {};
}

Status ClaimStore::CheckSame(const AllocatedClaim& claim) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> has;
  if (const auto it = claims_.find(claim.ref.uid); it != claims_.end()) {
    if (IsFor(it->second, claim)) return {};
    for (const auto& device : it->second.devices) has.push_back(device.allocated.device);
  } else if (const auto lost = lost_.find(claim.ref.uid); lost != lost_.end() && lost->second.held) {
    for (const auto& held : *lost->second.held) has.push_back(held.device);
    // Its views show what its pod's other claims have, too.
    for (const auto& [uid, other] : claims_) {
      std::erase_if(has, [&other = other](const auto& device) { return HasDevice(other, device); });
    }
    if (std::ranges::all_of(has, [&](const auto& device) { return HasDevice(claim, device); })) return {};
  } else {
    return {};
  }
  return PreparedOtherwise(has, claim);
}

void ClaimStore::TellApart(const std::vector<AllocatedClaim>& claims) {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<const AllocatedClaim*, std::vector<HeldShare>*>> lost;
  for (const auto& claim : claims) {
    const auto it = lost_.find(claim.ref.uid);
    if (claim.is_pods_own && it != lost_.end() && it->second.held) lost.emplace_back(&claim, &*it->second.held);
  }
  for (const auto& [claim, held] : lost) {
    for (const auto& [other, shown] : lost) {
      std::erase_if(*held, [&, claim = claim, other = other, shown = shown](const HeldShare& share) {
        if (HasDevice(*claim, share.device) || !HasDevice(*other, share.device)) return false;
        return std::ranges::find(*shown, share.device, &HeldShare::device) != shown->end();
      });
    }
  }
}

std::vector<std::string> ClaimStore::HoldersOf(const std::string& queue, const std::set<std::string>& uids) const {
  std::vector<std::string> holders;
  const std::lock_guard lock(mutex_);
  for (const auto& [other, claim] : claims_) {
    if (uids.contains(other)) continue;
    for (const auto& device : claim.devices) {
      if (!device.allocated.admin_access && HasQueue(device.grant, queue)) holders.push_back("claim " + Show(claim.ref));
    }
  }
  for (const auto& [other, lost] : lost_) {
    if (uids.contains(other) || !lost.held) continue;
    for (const auto& held : *lost.held) {
      if (std::ranges::find(held.queues, queue) != held.queues.end()) holders.push_back(NameOf(lost));
    }
  }
  return holders;
}

Status ClaimStore::CheckKnown(const std::string& uid) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [other, lost] : lost_) {
    if (other == uid || lost.held) continue;
    return Error(Code::kUnavailable, "what a claim holds is not known: " + lost.record + " cannot be read (" + lost.reason +
                                         "), nor what it has given to containers");
  }
  return {};
}

Result<std::vector<Problem>> ClaimStore::Load() {
  const auto files = ListPresent(records_);
  if (!files) return files.error();
  std::vector<Problem> problems;
  std::set<std::string> uids;
  for (const auto& file : *files) {
    if (file.ends_with(kTemporary)) (void)Unlink(records_ / file);
    const auto uid = UidOfRecord(file);
    if (uid.empty()) continue;
    if (auto status = LoadRecord(uid); !status) {
      problems.push_back({RecordPath(uid).native(), status.error().message()});
      uids.insert(uid);
    }
  }
  for (const auto& claim : All()) {
    uids.insert(claim.ref.uid);
    // A container that starts again needs it, and the folder may have been
    // emptied. What fails does so again, and is told, when the claim is prepared.
    (void)WriteSpec(claim);
  }
  if (auto status = journal_.Forget(); !status) problems.push_back({records_.native(), status.error().message()});
  if (auto status = RemoveLeftovers(uids); !status) problems.push_back({views_.native(), status.error().message()});
  return problems;
}

// Nothing is what another boot left: names and numbers of device nodes are
// others. Without a boot id none is known to be of this one.
Status ClaimStore::LoadRecord(const std::string& uid) {
  const auto text = ReadFile(RecordPath(uid), kMaxRecords);
  auto claim = text ? ReadRecord(*text, uid) : Result<PreparedClaim>(text.error());
  if (!claim) {
    LostClaim lost{RecordPath(uid).native(), claim.error().message(), ReadTraces(uid)};
    const std::lock_guard lock(mutex_);
    lost_.insert_or_assign(uid, std::move(lost));
    return std::move(claim).error();
  }
  if (claim->boot_id.empty() || claim->boot_id != boot_id_) return Remove(uid);
  const std::lock_guard lock(mutex_);
  lost_.erase(uid);
  claims_.insert_or_assign(uid, *std::move(claim));
  ++changes_;
  return {};
}

// Views are made before the record and removed before it: without one nothing
// was given to anybody, unless there is a spec, which shows that somebody has
// removed the views.
std::optional<std::vector<HeldShare>> ClaimStore::ReadTraces(const std::string& uid) const {
  const auto present = ListPresent(views_);
  if (!present) return std::nullopt;
  std::vector<HeldShare> held;
  bool seen = false;
  for (const auto& view : *present) {
    if (UidOfView(view) != uid) continue;
    const auto shown = ReadHeldFromView(views_ / view);
    if (!shown) return std::nullopt;
    held.insert(held.end(), shown->begin(), shown->end());
    seen = true;
  }
  std::error_code code;
  if (!seen && fs::exists(cdi_.PathOf(uid), code)) return std::nullopt;
  std::sort(held.begin(), held.end());
  held.erase(std::unique(held.begin(), held.end()), held.end());
  return held;
}

// Views and specs of no record: a crash came between, or the boot is another.
Status ClaimStore::RemoveLeftovers(const std::set<std::string>& uids) const {
  for (const auto& folder : {views_, old_views_}) {
    const auto present = ListPresent(folder);
    if (!present) return present.error();
    for (const auto& view : *present) {
      if (uids.contains(UidOfView(view))) continue;
      if (auto status = RemoveTree(folder / view); !status) return status;
    }
  }
  (void)rmdir(old_views_.c_str());  // when it is empty
  return cdi_.RemoveOthers(uids);
}

std::vector<Status> ClaimStore::Put(const std::vector<ReadyClaim>& claims) {
  std::vector<Storing> all;
  for (const auto& ready : claims) all.push_back({ready, Find(ready.claim.ref.uid), {}});
  for (auto& one : all) WriteViews(one);
  WriteRecords(all);
  for (auto& one : all) Finish(one);
  std::vector<Status> statuses;
  for (auto& one : all) statuses.push_back(std::move(one.status));
  return statuses;
}

void ClaimStore::WriteViews(Storing& one) const {
  for (const auto& [name, view] : one.ready.views) {
    if (one.before && IsWholeView(views_ / name)) continue;
    one.status = WriteView(views_ / name, view);
    if (!one.status) one.status = std::move(one.status).error().In("cannot write the view");
    if (!one.status) return;
  }
}

void ClaimStore::WriteRecords(std::vector<Storing>& all) {
  std::vector<Storing*> changed;
  for (auto& one : all) {
    if (one.status && one.is_changed()) changed.push_back(&one);
  }
  if (changed.empty()) return;
  const auto made = MakeFolders(records_);
  std::vector<ClaimJournal::Record> records;
  for (const auto* one : changed) records.push_back({RecordPath(one->ready.claim.ref.uid), one->ready.claim});
  auto written = made ? journal_.Put(records) : std::vector(records.size(), made);
  for (std::size_t i = 0; i < changed.size(); ++i) {
    const auto& claim = changed[i]->ready.claim;
    if (!written[i]) changed[i]->status = std::move(written[i]).error().In("cannot record the claim");
    if (!written[i]) continue;
    const std::lock_guard lock(mutex_);
    claims_.insert_or_assign(claim.ref.uid, claim);
    lost_.erase(claim.ref.uid);
    ++changes_;
  }
}

void ClaimStore::Finish(Storing& one) const {
  if (!one.status) return;
  auto status = WriteSpec(one.ready.claim);
  if (!status) one.status = std::move(status).error().In("cannot write the CDI spec");
}

Status ClaimStore::WriteSpec(const PreparedClaim& claim) const {
  std::map<std::string, ContainerEdits> edits;
  for (const auto& device : claim.devices) edits.emplace(device.cdi, EditsFor(device.grant, views_ / device.view, claim.mask_sysfs));
  std::vector<CdiDevice> devices;
  for (auto& [name, edit] : edits) devices.push_back({name, std::move(edit)});
  if (devices.empty()) return cdi_.Remove(claim.ref.uid);
  return cdi_.Write(claim.ref.uid, WriteCdiSpec(cdi_.kind(), devices));
}

Status ClaimStore::RemoveViews(const std::string& uid) const {
  const auto present = ListPresent(views_);
  if (!present) return present.error();
  for (const auto& view : *present) {
    if (UidOfView(view) != uid) continue;
    if (auto status = RemoveTree(views_ / view); !status) return status;
  }
  return {};
}

Status ClaimStore::Remove(const std::string& uid) {
  if (!IsUid(uid)) return {};
  if (auto status = cdi_.Remove(uid); !status) return status;
  if (auto status = RemoveViews(uid); !status) return status;
  if (auto status = RemoveTree(RecordPath(uid)); !status) return status;
  journal_.End(uid);
  const std::lock_guard lock(mutex_);
  claims_.erase(uid);
  lost_.erase(uid);
  ++changes_;
  return {};
}

}  // namespace nacelle
