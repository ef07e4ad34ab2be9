// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "plugin/grant/grant.h"

namespace nacelle {

// The grants of this node, on disk and in memory: one small file each,
// <state-dir>/grants/<grant-id>.json, so that they outlive the agent and a
// reboot. Files that are not ours are left alone. Any thread; disk I/O happens
// outside the lock.
class GrantStore {
 public:
  explicit GrantStore(std::filesystem::path state_dir);

  // Reads all records; call it before anything else, and again while it fails.
  // Torn records are removed from sight, not from disk.
  Status Load();

  // Waits until the first Load has ended, at most `limit` or until `stop`.
  void AwaitLoad(std::chrono::milliseconds limit, const std::stop_token& stop) const;

  std::vector<Grant> All() const;
  std::optional<Grant> Find(const std::string& grant_id) const;

  // Grants of devices that `grant` has too, whose containers were started. In
  // one pod all is allocated before anything starts: these belong to a pod
  // that the kubelet considers ended.
  std::vector<Grant> StartedOverlapping(const Grant& grant) const;

  // Records a grant that is being allocated. Without fsync, because the
  // kubelet's admission waits; Confirm makes it durable before a container
  // starts.
  Status Put(const Grant& grant);

  // Replaces what is known of a grant, also over power loss. kConflict when it
  // is not `known` any more. Not for two threads at once, nor beside Remove.
  Status Confirm(const Grant& known, const Grant& changed);

  // Removes record and view, unless the grant is no longer equal to `grant`
  // (kConflict): it was allocated anew.
  Status Remove(const Grant& grant);

  const std::filesystem::path& state_dir() const { return state_dir_; }

 private:
  std::filesystem::path RecordPath(const std::string& grant_id) const;
  bool IsKnown(const std::string& grant_id, const Grant& grant) const;
  Status LoadRecords();
  bool WaitUntilRemoved(const std::string& grant_id);

  const std::filesystem::path state_dir_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::map<std::string, Grant> grants_;  // by id; guarded by mutex_
  std::set<std::string> removing_;       // guarded by mutex_
  bool loaded_ = false;                  // guarded by mutex_
};

}  // namespace nacelle
