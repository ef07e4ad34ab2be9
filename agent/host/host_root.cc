// SPDX-License-Identifier: Apache-2.0
#include "agent/host/host_root.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <memory>

#include "core/base/unique_fd.h"

namespace nacelle {
namespace fs = std::filesystem;
namespace {

constexpr int kMaxLinks = 40;  // as the kernel's own path walk

// Some kernels before 4.4 end lists with a zero byte.
void TrimRight(std::string& text) {
  constexpr std::string_view kBlank(" \t\r\n\0", 5);
  while (!text.empty() && kBlank.find(text.back()) != std::string_view::npos) text.pop_back();
}

// Reads to the end or just over `limit`; errno, or 0. A file that states a size ends
// where a read gives less than was asked for; those of /proc and debugfs state none.
int ReadUpTo(int fd, bool states_size, std::size_t limit, std::string& text) {
  std::array<char, 4096> buffer;
  while (text.size() <= limit) {
    const ssize_t n = read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    text.append(buffer.data(), static_cast<std::size_t>(n));
    if (n == 0 || (states_size && static_cast<std::size_t>(n) < buffer.size())) return 0;
  }
  return 0;
}

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};
using FolderPtr = std::unique_ptr<DIR, CloseFolder>;

bool IsSysfs(const std::string& path) {
  struct statfs status;
  return statfs(path.c_str(), &status) == 0 && status.f_type == SYSFS_MAGIC;
}

// Puts the components of `path` on `pending`, the first on top.
void Push(std::string_view path, std::vector<std::string>& pending) {
  while (!path.empty()) {
    const auto slash = path.rfind('/');
    const auto name = slash == std::string_view::npos ? path : path.substr(slash + 1);
    if (!name.empty() && name != ".") pending.emplace_back(name);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
  }
}

// Where `target` leads from `folder`, as far as the names tell.
std::string Join(std::string folder, std::string_view target) {
  if (target.starts_with('/')) folder.clear();
  while (!target.empty()) {
    const auto name = target.substr(0, target.find('/'));
    if (name == "..") {
      folder.erase(folder.empty() ? 0 : folder.rfind('/'));
    } else if (!name.empty() && name != ".") {
      folder.append("/").append(name);
    }
    target.remove_prefix(std::min(target.size(), name.size() + 1));
  }
  return folder;
}

Result<long long> ParseNumber(const std::string& text) {
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const char* begin = text.data() + (hexadecimal ? 2 : 0);
  const char* end = text.data() + text.size();
  long long number = 0;
  const auto [stopped, error] = std::from_chars(begin, end, number, hexadecimal ? 16 : 10);
  if (error != std::errc{} || stopped != end || (hexadecimal && begin != end && *begin == '-')) {
    return Error(Code::kInvalid, "not a number: '" + text.substr(0, 40) + "'");
  }
  return number;
}

}  // namespace

HostRoot::HostRoot(fs::path prefix, MachineTree* seen) : prefix_(std::move(prefix)), is_this_machine_(false), seen_(seen) {
  std::string text = prefix_.native();
  while (text.ends_with('/')) text.pop_back();
  prefix_ = text;
  is_this_machine_ = text.empty() || IsSysfs(text + "/sys");
}

fs::path HostRoot::Locate(const std::string& path) const { return At(path); }

// As text: taking a path apart costs more than most calls that use it.
std::string HostRoot::At(const std::string& path) const {
  return is_this_machine_ && path.starts_with("/proc/") ? path : prefix_.native() + path;
}

std::optional<int> HostRoot::FailureOf(const std::string& path, int number) const {
  if (number != ENOENT && number != ENOTDIR) return number;
  std::array<char, 64> target{};
  const ssize_t n = readlink(At(path).c_str(), target.data(), target.size());
  if (n < 0) return errno == EINVAL ? std::optional(number) : std::nullopt;
  const std::string text(target.data(), static_cast<std::size_t>(n));
  if (prefix_.empty() || !text.starts_with(kRecordedErrorPrefix)) return number;
  const int recorded = ErrnoFromName(text.substr(std::string_view(kRecordedErrorPrefix).size()));
  return recorded != 0 ? recorded : number;
}

Error HostRoot::Failure(const std::string& path, int number) const {
  const int told = FailureOf(path, number).value_or(number);
  if (told != ENOENT && told != ENOTDIR) Note(path, MachineEntry::Kind::kError, ErrnoName(told));
  return ErrnoError(told, path);
}

void HostRoot::Note(const std::string& path, MachineEntry::Kind kind, std::string text) const {
  if (seen_ != nullptr) (*seen_)[path] = {kind, std::move(text)};
}

void HostRoot::NoteBytes(const std::string& path, std::size_t offset, const std::string& bytes) const {
  if (seen_ == nullptr) return;
  auto& entry = (*seen_)[path];
  entry.kind = MachineEntry::Kind::kFile;
  if (bytes.empty()) return;
  entry.text.resize(std::max(entry.text.size(), offset + bytes.size()), '\0');
  entry.text.replace(offset, bytes.size(), bytes);
}

Result<std::optional<HostRoot::OpenFile>> HostRoot::OpenIfThere(const std::string& path) const {
  // O_NONBLOCK, so that a FIFO in the place of an attribute cannot hang a scan.
  UniqueFd fd(open(At(path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) {
    const int number = errno;
    if (!FailureOf(path, number)) return std::optional<OpenFile>();
    return Failure(path, number);
  }
  struct stat status;
  if (fstat(fd.get(), &status) != 0) return Failure(path, errno);
  // A folder fails to be read, with an errno that says so.
  if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) {
    return std::optional(OpenFile{std::move(fd), status.st_size > 0});
  }
  return Error(Code::kInvalid, path + ": not a regular file");
}

Result<std::string> HostRoot::Read(const std::string& path) const {
  auto text = ReadOptional(path);
  if (!text) return std::move(text).error();
  return *text ? Result<std::string>(**std::move(text)) : ErrnoError(ENOENT, path);
}

Result<std::string> HostRoot::ReadText(const std::string& path, const OpenFile& file) const {
  std::string text;
  const int number = ReadUpTo(file.fd.get(), file.states_size, kMaxAttribute, text);
  if (number != 0) return Failure(path, number);
  if (text.size() > kMaxAttribute) {
    return Error(Code::kInvalid, path + ": larger than " + std::to_string(kMaxAttribute) + " bytes");
  }
  Note(path, MachineEntry::Kind::kFile, text);
  TrimRight(text);
  if (text.find('\0') != std::string::npos) return Error(Code::kInvalid, path + ": not text");
  return text;
}

Result<std::string> HostRoot::ReadBytes(const std::string& path, std::size_t offset, std::size_t size) const {
  const auto file = OpenIfThere(path);
  if (!file) return file.error();
  if (!*file) return ErrnoError(ENOENT, path);
  std::string bytes(size, '\0');
  const ssize_t n = pread((*file)->fd.get(), bytes.data(), size, static_cast<off_t>(offset));
  if (n < 0) return Failure(path, errno);
  bytes.resize(static_cast<std::size_t>(n));
  NoteBytes(path, offset, bytes);
  return bytes;
}

Result<std::optional<std::string>> HostRoot::ReadOptional(const std::string& path) const {
  const auto file = OpenIfThere(path);
  if (!file) return file.error();
  if (!*file) return std::optional<std::string>();
  auto text = ReadText(path, **file);
  if (text) return std::optional<std::string>(*std::move(text));
  // Gone meanwhile; but a driver that answers ENODEV has the attribute.
  if (text.error().code() == Code::kNotFound && !Exists(path)) return std::optional<std::string>();
  return std::move(text).error();
}

Result<std::optional<long long>> HostRoot::ReadNumber(const std::string& path) const {
  const auto text = ReadOptional(path);
  if (!text) return text.error();
  if (!*text) return std::optional<long long>();
  auto number = ParseNumber(**text);
  if (!number) return std::move(number).error().In(path);
  return std::optional<long long>(*number);
}

Result<std::vector<std::string>> HostRoot::List(const std::string& path) const {
  const FolderPtr folder(opendir(At(path).c_str()));
  if (!folder && errno == ENOTDIR && Exists(path)) return Error(Code::kInvalid, path + ": not a folder");
  if (!folder) return Failure(path, errno);
  std::vector<std::string> names;
  errno = 0;
  while (const auto* entry = readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return Failure(path, errno);
  std::sort(names.begin(), names.end());
  Note(path, MachineEntry::Kind::kFolder, {});
  return names;
}

Result<std::string> HostRoot::ReadLink(const std::string& path) const {
  std::array<char, PATH_MAX> target;
  const ssize_t n = readlink(At(path).c_str(), target.data(), target.size());
  if (n < 0) return ErrnoError(errno, path);
  std::string text(target.data(), static_cast<std::size_t>(n));
  if (text.starts_with(kRecordedErrorPrefix) && !prefix_.empty()) return Failure(path, ENOENT);
  Note(path, MachineEntry::Kind::kLink, text);
  return text;
}

Result<std::string> HostRoot::Resolve(const std::string& path) const {
  std::vector<std::string> pending;
  Push(path, pending);
  std::string resolved;
  int links = 0;
  while (!pending.empty()) {
    const std::string name = std::move(pending.back());
    pending.pop_back();
    if (name == "..") {
      resolved.erase(resolved.empty() ? 0 : resolved.rfind('/'));
      continue;
    }
    const std::string candidate = resolved + "/" + name;
    const auto target = ReadLink(candidate);
    if (!target) {
      if (target.error().code() != Code::kInvalid) return target.error();
      resolved = candidate;  // EINVAL: it is there, and no link
      continue;
    }
    if (++links > kMaxLinks) return ErrnoError(ELOOP, path);
    if (target->starts_with('/')) resolved.clear();
    Push(*target, pending);
  }
  return resolved;
}

Result<std::string> HostRoot::FollowLink(const std::string& path) const {
  const auto target = ReadLink(path);
  if (!target) return target.error();
  std::string real = Join(path.substr(0, path.rfind('/')), *target);
  std::array<char, 1> unused;
  const bool is_real = readlink(At(real).c_str(), unused.data(), unused.size()) < 0 && errno == EINVAL;
  return is_real ? Result<std::string>(std::move(real)) : Resolve(path);
}

bool HostRoot::Exists(const std::string& path) const {
  struct stat status;
  return lstat(At(path).c_str(), &status) == 0;
}

Result<DeviceNode> HostRoot::Node(const std::string& path) const {
  struct stat status;
  if (stat(At(path).c_str(), &status) != 0) return Failure(path, errno);
  DeviceNode node{path, major(status.st_rdev), minor(status.st_rdev)};
  if (!S_ISCHR(status.st_mode)) {
    const auto recorded = prefix_.empty() ? Result<std::string>(std::string()) : Read(path);
    if (!recorded || std::sscanf(recorded->c_str(), "c %u:%u", &node.major, &node.minor) != 2) {
      return Error(Code::kConflict, path + ": not a character device");
    }
  }
  Note(path, MachineEntry::Kind::kNode, std::to_string(node.major) + ":" + std::to_string(node.minor));
  return node;
}

}  // namespace nacelle
