// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/inventory.h"
#include "plugin/grant/cdi_folder.h"
#include "plugin/grant/grant.h"

namespace nacelle {

// The grants of this node, in memory and on disk: one small file each,
// <state-dir>/grants/<grant-id>.json, so that they outlive the agent and a
// reboot. Files that are not ours are left alone. What touches the disk is for
// one thread; the rest is for any thread and never waits for a disk.
class GrantStore {
 public:
  // `cdi`: where the specs of grants are that go by CDI.
  explicit GrantStore(std::filesystem::path state_dir, CdiFolder cdi = CdiFolder(kTransientCdiFolder, "grant"));

  // Disk. Reads all records; call it first, and again while it fails. Records
  // that make no sense, or cannot be read, count as none; Unreadable tells of them.
  Status Load();
  // Disk. Reads a record that came since: of the agent before this one, which answered
  // the kubelet until this one was registered.
  Status LoadLate(const std::string& grant_id);
  // The record files that the last Load could not understand, with the reason.
  std::vector<Problem> Unreadable() const;
  // Waits until the first Load has ended, at most `limit` or until `stop`.
  void AwaitLoad(std::chrono::milliseconds limit, const std::stop_token& stop) const;

  std::vector<Grant> All() const;
  std::optional<Grant> Find(const std::string& grant_id) const;

  // Remembers a grant that is being allocated, for Save: a new one, whatever was known
  // of its devices. False when the record says the same already.
  bool Remember(Grant grant);
  // Grants whose containers had been started, or that were idle, when Remember was given
  // one of their devices in another grant. In one pod all is allocated before anything
  // starts: these belong to a pod that the kubelet considers ended. To be removed; each is
  // returned once.
  std::vector<Grant> TakeSuperseded();
  // Grants that are remembered and not on disk.
  std::vector<Grant> Unsaved() const;
  // Disk. Writes what Remember left, without fsync; what fails stays unsaved.
  Status Save();

  // Disk. Replaces what is known of a grant, also over power loss. kConflict
  // when it is not `known` any more.
  Status Confirm(const Grant& known, const Grant& changed);

  // Disk. What the runtime reads of a grant that goes by CDI, beside its view.
  Status WriteSpec(const Grant& grant) const;

  // Disk. Makes a grant idle: its record stays, view and spec go. kConflict as Confirm.
  Status Rest(const Grant& grant);

  // Disk. Removes record, view and spec of just this grant: kConflict when its devices
  // were allocated anew.
  Status Remove(const Grant& grant);

  // Disk. Removes what a crash left: views and torn records of no grant, unless
  // `live` names their id, and records that were being written. A record that a newer agent wrote,
  // and one that cannot be read, stay.
  Status Sweep(const std::set<std::string>& live);

  const std::filesystem::path& state_dir() const { return state_dir_; }
  const CdiFolder& cdi() const { return cdi_; }

 private:
  std::filesystem::path RecordPath(const std::string& grant_id) const;
  void Insert(const std::string& grant_id, Grant grant);
  void NoteSuperseded(const std::string& grant_id, const Grant& grant);  // mutex_ is held
  void Erase(const std::string& grant_id);
  bool IsKnown(const std::string& grant_id, const Grant& grant) const;
  Status RemoveBeside(const std::string& grant_id) const;
  Status LoadRecords();
  void LoadRecord(const std::string& grant_id, const Result<std::string>& text);
  Result<std::string> ReadRecord(const std::string& grant_id) const;
  bool IsLeftover(const std::string& grant_id, const std::set<std::string>& live) const;
  std::vector<Grant> TakeUnsaved();
  std::vector<Grant> GrantsOf(const std::set<std::string>& ids) const;  // mutex_ is held

  const std::filesystem::path state_dir_;
  const CdiFolder cdi_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any loading_;
  // All below guarded by mutex_.
  std::map<std::string, Grant> grants_;  // by id
  std::map<std::string, std::set<std::string>> ids_of_device_;
  std::set<std::string> unsaved_;  // ids
  std::set<std::uint64_t> superseded_;  // serials
  std::uint64_t last_serial_ = 0;
  std::map<std::string, Error> unreadable_;  // by id
  bool loaded_ = false;
};

}  // namespace nacelle
