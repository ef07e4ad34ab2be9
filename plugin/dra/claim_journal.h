// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "plugin/dra/prepared_claim.h"

namespace nacelle {

// Makes the records of claims durable together, with one flush of the disk: they are
// lines of one file, "<uid> <record>", to which is appended, and the name of each
// record is a link to that file. So a record is removed by its name, and the lines
// are gone with the last name. A file takes lines until it is large, something went
// wrong with it, or the process has ended; and none of a claim that has ended in it. So
// all lines of a claim in one file are of the same devices. Of one thread.
class ClaimJournal {
 public:
  // `file`: the one that takes lines, on the file system of the names.
  explicit ClaimJournal(std::filesystem::path file) : file_(std::move(file)) {}

  // A record, and where it is found. A name that is there is replaced.
  struct Record {
    std::filesystem::path name;
    const PreparedClaim& claim;
  };
  // Tells of each, in their order. A name leads to no line that is not durable, but where it
  // leads to an older one of the same claim.
  std::vector<Status> Put(const std::vector<Record>& records);

  // The record of the claim `uid` has been removed.
  void End(const std::string& uid) { ended_.insert(uid); }

  // Nothing is appended to what an earlier process has begun; its name goes.
  Status Forget();

 private:
  Status Append(std::string_view lines);
  Status Link(const std::filesystem::path& name) const;

  const std::filesystem::path file_;
  std::size_t size_ = 0;         // of the file, if all of it is ours and whole; else 0
  std::set<std::string> ended_;  // claims of which the file may have lines that mean nothing
};

// The record of the claim `uid` in the text that its name leads to: its newest whole
// line, or all of a file of an older version. kConflict for what a newer version wrote;
// kInvalid when there is none that makes sense; the line is named then.
Result<PreparedClaim> ReadRecord(std::string_view text, std::string_view uid);

}  // namespace nacelle
