// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/socket_name.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "core/base/files.h"
#include "core/base/unique_fd.h"
#include "plugin/grant/short_hash.h"

namespace nacelle {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPrefix = "nacelle-";
constexpr std::string_view kSuffix = ".sock";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::size_t kHashDigits = 8;
constexpr std::size_t kNumberDigits = 16;

std::uint64_t NanosecondsNow() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

sockaddr_un AddressOf(const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

bool NobodyServes(const fs::path& path) {
  const UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return false;
  const auto address = AddressOf(path);
  const int result = connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return result != 0 && errno == ECONNREFUSED;
}

}  // namespace

// The time of day grows over restarts and reboots; process ids do not.
SocketNames::SocketNames() : last_(NanosecondsNow()) {}

std::string SocketNames::Next(std::string_view resource) {
  last_ = std::max(last_ + 1, NanosecondsNow());
  std::array<char, kNumberDigits + 1> number{};
  std::snprintf(number.data(), number.size(), "%016llx", static_cast<unsigned long long>(last_));
  return std::string(kPrefix) + ShortHash(resource, kHashDigits) + '-' + number.data() + std::string(kSuffix);
}

bool IsOurSocket(std::string_view name) {
  constexpr std::size_t kSize = kPrefix.size() + kHashDigits + 1 + kNumberDigits + kSuffix.size();
  if (name.size() != kSize || !name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return false;
  const auto hash = name.substr(kPrefix.size(), kHashDigits);
  const auto number = name.substr(kPrefix.size() + kHashDigits + 1, kNumberDigits);
  return name[kPrefix.size() + kHashDigits] == '-' && hash.find_first_not_of(kHex) == std::string_view::npos &&
         number.find_first_not_of(kHex) == std::string_view::npos;
}

Status CheckSocketPath(const fs::path& path) {
  constexpr std::size_t kMost = sizeof sockaddr_un{}.sun_path - 1;
  if (path.native().size() <= kMost) return {};
  return Error(Code::kInvalid, path.native() + ": a socket's path has at most " + std::to_string(kMost) + " bytes");
}

Status RemoveStaleSockets(const fs::path& folder) {
  const auto names = ListFolder(folder);
  if (!names) return names.error().code() == Code::kNotFound ? Status() : Status(names.error());
  Status status;
  for (const auto& name : *names) {
    const auto path = folder / name;
    if (!IsOurSocket(name) || !NobodyServes(path)) continue;
    if (unlink(path.c_str()) != 0 && errno != ENOENT) status = ErrnoError(errno, path.native());
  }
  return status;
}

}  // namespace nacelle
