// SPDX-License-Identifier: Apache-2.0
#include "core/base/files.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <system_error>

#include "core/base/unique_fd.h"

namespace nacelle {
namespace fs = std::filesystem;
namespace {

Error LastError(const fs::path& path) { return ErrnoError(errno, path.native()); }

Status WriteAll(int fd, std::string_view contents, const fs::path& path) {
  while (!contents.empty()) {
    const ssize_t n = write(fd, contents.data(), contents.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return LastError(path);
    contents.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Status SyncFolder(const fs::path& path) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || fsync(fd.get()) != 0) return LastError(path);
  return {};
}

// A file that takes another's place when it is whole.
struct Replacement {
  fs::path path;
  fs::path temporary;
  UniqueFd fd;
  Status status;  // of what was done of it
};

Replacement Begin(const fs::path& path, std::string_view contents) {
  Replacement file{path, path, {}, {}};
  file.temporary += ".new";
  file.fd = UniqueFd(open(file.temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  file.status = file.fd ? WriteAll(file.fd.get(), contents, file.temporary) : LastError(file.temporary);
  return file;
}

void Finish(Replacement& file) {
  if (file.status && rename(file.temporary.c_str(), file.path.c_str()) != 0) file.status = LastError(file.path);
  if (!file.status) unlink(file.temporary.c_str());
}

// Beside `path`, so that it can be renamed to it.
Result<fs::path> MakeTemporary(const fs::path& path, UniqueFd& fd) {
  for (int tries = 0; tries < 100; ++tries) {
    std::uint64_t number = 0;
    if (getrandom(&number, sizeof(number), 0) != sizeof(number)) return LastError(path);
    fs::path temporary = path;
    temporary += "." + std::to_string(number);
    fd = UniqueFd(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (fd) return temporary;
    if (errno != EEXIST) return LastError(path);
  }
  return ErrnoError(EEXIST, path.native());
}

Status WriteInPlace(const fs::path& path, std::string_view contents) {
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_CLOEXEC, 0644));
  if (!fd) return LastError(path);
  return WriteAll(fd.get(), contents, path);
}

}  // namespace

Status WriteUserFile(const fs::path& path, std::string_view contents) {
  struct stat status;
  const bool is_there = lstat(path.c_str(), &status) == 0;
  if (is_there && S_ISDIR(status.st_mode)) return Error(Code::kInvalid, path.native() + ": is a directory");
  if (is_there && !S_ISREG(status.st_mode)) return WriteInPlace(path, contents);
  UniqueFd fd;
  const auto temporary = MakeTemporary(path, fd);
  if (!temporary) return temporary.error();
  auto written = WriteAll(fd.get(), contents, path);
  if (written && rename(temporary->c_str(), path.c_str()) != 0) written = LastError(path);
  if (!written) unlink(temporary->c_str());
  return written;
}

Result<std::string> ReadFile(const fs::path& path, std::size_t limit) {
  // O_NONBLOCK, so that a FIFO in the place of a file cannot hang the caller.
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return LastError(path);
  std::string contents;
  while (true) {
    constexpr std::size_t kStep = 4096;
    const std::size_t have = contents.size();
    contents.resize(have + kStep);
    const ssize_t n = read(fd.get(), contents.data() + have, kStep);
    if (n < 0 && errno != EINTR) return LastError(path);
    contents.resize(have + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    if (contents.size() > limit) {
      return Error(Code::kInvalid, path.native() + ": larger than " + std::to_string(limit) + " bytes");
    }
    if (n == 0) return contents;
  }
}

Status WriteFileDurably(const fs::path& path, std::string_view contents) {
  auto file = Begin(path, contents);
  if (file.status && fsync(file.fd.get()) != 0) file.status = LastError(file.temporary);
  Finish(file);
  return file.status ? SyncFolder(path.parent_path()) : std::move(file.status);
}

Status ReplaceFile(const fs::path& path, std::string_view contents) {
  auto file = Begin(path, contents);
  Finish(file);
  return std::move(file.status);
}

Result<std::vector<std::string>> ListFolder(const fs::path& path) {
  std::error_code code;
  std::vector<std::string> names;
  for (fs::directory_iterator it(path, code), end; !code && it != end; it.increment(code)) {
    names.push_back(it->path().filename().native());
  }
  if (code) return ErrnoError(code.value(), path.native());
  std::sort(names.begin(), names.end());
  return names;
}

Status RemoveTree(const fs::path& path) {
  std::error_code code;
  fs::remove_all(path, code);
  if (code) return ErrnoError(code.value(), path.native());
  return {};
}

Status MakeFolders(const fs::path& path) {
  std::error_code code;
  if (path.empty() || fs::is_directory(path, code)) return {};
  const auto parent = path.has_filename() ? path.parent_path() : path.parent_path().parent_path();
  if (auto status = MakeFolders(parent); !status) return status;
  if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) return LastError(path);
  if (!fs::is_directory(path, code)) return ErrnoError(ENOTDIR, path.native());
  return SyncFolder(parent.empty() ? fs::path(".") : parent);
}

}  // namespace nacelle
