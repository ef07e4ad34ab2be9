// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/inventory.h"
#include "plugin/dra/claim_journal.h"
#include "plugin/dra/lost_claim.h"
#include "plugin/dra/prepared_claim.h"
#include "plugin/grant/cdi_folder.h"
#include "plugin/grant/view.h"

namespace nacelle {

// A claim with the contents of its views, by name.
struct ReadyClaim {
  PreparedClaim claim;
  std::map<std::string, View> views;
};

// The prepared claims of this node, in memory and on disk, with what they gave
// to containers:
//   <state-dir>/claims/<uid>.json            the record: the checkpoint, in a file with
//                                            those of others, see ClaimJournal
//   <state-dir>/claims.journal               the file that takes new records
//   <run-dir>/claim-views/<uid>-<hash>/      what containers have mounted
//   <state-dir>/claim-views/                 the same of older versions, until their claims end
//   <cdi-dir>/nacelle.dev-claim-<uid>.json   what the runtime reads
// A record outlives SIGKILL and power loss at any moment; what is beside it is
// made before it or from it. What touches the disk is for one thread; the rest
// for any, and waits for no disk.
class ClaimStore {
 public:
  ClaimStore(const std::filesystem::path& state_dir, const std::filesystem::path& run_dir, CdiFolder cdi, std::string boot_id);

  const std::string& boot_id() const { return boot_id_; }
  std::string cdi_kind() const { return cdi_.kind(); }
  std::filesystem::path ViewPath(const std::string& view) const { return views_ / view; }

  std::optional<PreparedClaim> Find(const std::string& uid) const;
  std::vector<PreparedClaim> All() const;
  std::size_t size() const;
  // Grows with each change of what is prepared.
  std::uint64_t changes() const;

  // What claims hold, also those whose records make no sense.
  std::vector<HeldShare> Held() const;
  // Whether the claim `uid` may have the device; kConflict names who holds it.
  Status CheckFree(const AllocatedDevice& device, const std::string& uid) const;
  // Whether the claim, if it is prepared already, has the devices that it is
  // allocated now; kConflict says what it has.
  Status CheckSame(const AllocatedClaim& claim) const;
  // Of lost claims among `claims`, which come with one pod: the views of the pod's own
  // show each other's devices. What one is allocated and another is not is from now on
  // held by the first alone, where both show it.
  void TellApart(const std::vector<AllocatedClaim>& claims);
  // Who holds a share of the queue, a name for each share: other claims than `uids`.
  std::vector<std::string> HoldersOf(const std::string& queue, const std::set<std::string>& uids) const;
  // Whether it is known what all claims but `uid` hold; kUnavailable names the
  // record that does not tell.
  Status CheckKnown(const std::string& uid = {}) const;

  // Disk. Reads the records, writes their specs where they are missing, and
  // removes what belongs to none. Those of another
  // boot are removed with all that they made: names and numbers of device nodes
  // mean nothing any more, and the kubelet has the claims prepared again.
  // Returns what could not be read or removed. A record that cannot be read is
  // that of a LostClaim until the claim is prepared or removed; what containers
  // may have of it stays.
  Result<std::vector<Problem>> Load();

  // Disk. Of each claim, of which none is there twice: makes the views, then the
  // record, then the spec. Those of a claim that is known are left alone where they
  // are whole: containers may have them. The records are made durable together, before
  // anything is known of them. Tells of each claim, in their order.
  std::vector<Status> Put(const std::vector<ReadyClaim>& claims);

  // Disk. Removes a claim with all that it made; absent is success. The record
  // goes last, so that what fails can be tried again.
  Status Remove(const std::string& uid);

 private:
  std::filesystem::path RecordPath(const std::string& uid) const;
  Status LoadRecord(const std::string& uid);
  // What the claim of a record that cannot be read holds; absent when nothing tells.
  std::optional<std::vector<HeldShare>> ReadTraces(const std::string& uid) const;
  // A claim on its way to the disk.
  struct Storing {
    const ReadyClaim& ready;
    std::optional<PreparedClaim> before;  // what is known of it
    Status status;

    bool is_changed() const { return before != ready.claim; }
  };
  void WriteViews(Storing& one) const;
  void WriteRecords(std::vector<Storing>& all);
  void Finish(Storing& one) const;
  Status WriteSpec(const PreparedClaim& claim) const;
  Status RemoveViews(const std::string& uid) const;
  Status RemoveLeftovers(const std::set<std::string>& uids) const;

  const std::filesystem::path records_;
  const std::filesystem::path views_;
  const std::filesystem::path old_views_;
  const CdiFolder cdi_;
  const std::string boot_id_;
  ClaimJournal journal_;
  mutable std::mutex mutex_;
  // Both by uid and guarded by mutex_.
  std::map<std::string, PreparedClaim> claims_;
  std::map<std::string, LostClaim> lost_;
  std::uint64_t changes_ = 0;  // of claims_; guarded by mutex_
};

}  // namespace nacelle
