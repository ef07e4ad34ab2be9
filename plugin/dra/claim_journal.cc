// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim_journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "core/base/files.h"
#include "core/base/unique_fd.h"

namespace nacelle {
namespace fs = std::filesystem;
namespace {

// A name whose claim lives long keeps so much of the disk.
constexpr std::size_t kMostBytes = 64 * 1024;

Error LastError(const fs::path& path) { return ErrnoError(errno, path.native()); }

// A line by its number, and what follows the uid in it.
struct Line {
  std::string_view text;
  int number = 0;
};

// The last line that is whole and begins with `start`.
std::optional<Line> FindLast(std::string_view text, std::string_view start) {
  std::optional<Line> last;
  int number = 0;
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    ++number;
    if (text.starts_with(start)) last = Line{text.substr(start.size(), end - start.size()), number};
    text.remove_prefix(end + 1);
  }
  return last;
}

// One that is spoiled is not made up for by an older one, which may be of an allocation
// that has ended.
Result<PreparedClaim> ReadLine(std::string_view text, std::string_view uid) {
  const auto line = FindLast(text, std::string(uid) + ' ');
  if (!line) return Error(Code::kInvalid, "it has no line of this claim");
  auto claim = ReadPreparedClaim(line->text);
  if (!claim) return std::move(claim).error().In("line " + std::to_string(line->number));
  return claim;
}

}  // namespace

std::vector<Status> ClaimJournal::Put(const std::vector<Record>& records) {
  std::string lines;
  for (const auto& record : records) {
    if (ended_.contains(record.claim.ref.uid)) size_ = 0;
    lines += record.claim.ref.uid + ' ' + WritePreparedClaim(record.claim);
  }
  const auto appended = Append(lines);
  std::vector<Status> statuses;
  for (const auto& record : records) {
    statuses.push_back(appended ? Link(record.name) : appended);
    if (!statuses.back()) End(record.claim.ref.uid);
  }
  return statuses;
}

Status ClaimJournal::Append(std::string_view lines) {
  const auto before = std::exchange(size_, 0);
  const UniqueFd fd(open(file_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW));
  struct stat there = {};
  const bool is_whole = fd && fstat(fd.get(), &there) == 0 && before > 0 && static_cast<std::size_t>(there.st_size) == before;
  if (!is_whole || before + lines.size() > kMostBytes) {
    if (auto status = WriteFileDurably(file_, lines); !status) return status;
    size_ = lines.size();
    ended_.clear();
    return {};
  }
  const auto written = write(fd.get(), lines.data(), lines.size());
  if (written < 0) return LastError(file_);
  if (static_cast<std::size_t>(written) < lines.size()) return ErrnoError(ENOSPC, file_.native());
  if (fdatasync(fd.get()) != 0) return LastError(file_);
  size_ = before + lines.size();
  return {};
}

Status ClaimJournal::Link(const fs::path& name) const {
  if (link(file_.c_str(), name.c_str()) == 0) return {};
  if (errno == EPERM) return LastError(name).In("the file system of the state folder has no hard links");
  if (errno != EEXIST) return LastError(name);
  fs::path temporary = name;
  temporary += ".new";
  unlink(temporary.c_str());
  if (link(file_.c_str(), temporary.c_str()) != 0) return LastError(temporary);
  auto status = rename(temporary.c_str(), name.c_str()) == 0 ? Status() : LastError(name);
  // It stays also where both names led to the same file already.
  unlink(temporary.c_str());
  return status;
}

Status ClaimJournal::Forget() {
  size_ = 0;
  if (unlink(file_.c_str()) == 0 || errno == ENOENT) return {};
  return LastError(file_);
}

Result<PreparedClaim> ReadRecord(std::string_view text, std::string_view uid) {
  auto claim = text.starts_with('{') ? ReadPreparedClaim(text) : ReadLine(text, uid);
  if (claim && claim->ref.uid != uid) return Error(Code::kInvalid, "it is the record of claim " + claim->ref.uid);
  return claim;
}

}  // namespace nacelle
