// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/inventory.h"
#include "plugin/dra/prepared_claim.h"
#include "plugin/grant/cdi_folder.h"
#include "plugin/grant/view.h"

namespace nacelle {

// The prepared claims of this node, in memory and on disk, with what they gave
// to containers:
//   <state-dir>/claims/<uid>.json            the record: the checkpoint
//   <state-dir>/claim-views/<uid>-<hash>/    what containers have mounted
//   <cdi-dir>/nacelle.dev-claim-<uid>.json   what the runtime reads
// A record outlives SIGKILL and power loss at any moment; what is beside it is
// made before it or from it. What touches the disk is for one thread; the rest
// for any, and waits for no disk.
class ClaimStore {
 public:
  ClaimStore(const std::filesystem::path& state_dir, CdiFolder cdi, std::string boot_id);

  const std::string& boot_id() const { return boot_id_; }
  std::string cdi_kind() const { return cdi_.kind(); }
  std::filesystem::path ViewPath(const std::string& view) const { return views_ / view; }

  std::optional<PreparedClaim> Find(const std::string& uid) const;
  std::vector<PreparedClaim> All() const;
  std::size_t size() const;

  // Disk. Reads the records, writes their specs where they are missing, and
  // removes what belongs to none. Those of another
  // boot are removed with all that they made: names and numbers of device nodes
  // mean nothing any more, and the kubelet has the claims prepared again.
  // Returns the records that make no sense: they count as none, but what
  // containers may have of them stays until the claim is prepared or removed.
  Result<std::vector<Problem>> Load();

  // Disk. Makes the views by name, then the record, then the spec, and removes
  // what the claim had before and has no more. What is there already is left
  // alone.
  Status Put(const PreparedClaim& claim, const std::map<std::string, View>& views);

  // Disk. Removes a claim with all that it made; absent is success. The record
  // goes last, so that what fails can be tried again.
  Status Remove(const std::string& uid);

 private:
  std::filesystem::path RecordPath(const std::string& uid) const;
  Result<std::optional<Problem>> LoadRecord(const std::string& file);
  Status WriteSpec(const PreparedClaim& claim) const;
  Status RemoveViews(const std::string& uid, const PreparedClaim* keep) const;
  Status RemoveLeftovers(std::set<std::string> uids) const;

  const std::filesystem::path records_;
  const std::filesystem::path views_;
  const CdiFolder cdi_;
  const std::string boot_id_;
  mutable std::mutex mutex_;
  std::map<std::string, PreparedClaim> claims_;  // by uid; guarded by mutex_
};

}  // namespace nacelle
