// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/selinux_label.h"

#include <sys/xattr.h>

#include <cerrno>
#include <string_view>

#include "core/base/files.h"

namespace nacelle {
namespace {

// The kernel knows the file system where SELinux was on at boot, whatever of /sys
// a container is shown (is_selinux_enabled(3) asks the same).
bool SelinuxIsOn() {
  static const bool on = [] {
    const auto known = ReadFile("/proc/filesystems", 64 * 1024);
    return known && KnowsSelinux(*known);
  }();
  return on;
}

}  // namespace

bool KnowsSelinux(std::string_view filesystems) { return filesystems.find("\tselinuxfs\n") != std::string_view::npos; }

Status LabelForContainers(const std::filesystem::path& path) {
  if (!SelinuxIsOn()) return {};
  constexpr std::string_view kLabel = "system_u:object_r:container_file_t:s0";
  // The kernel keeps the final NUL as part of the value.
  if (lsetxattr(path.c_str(), "security.selinux", kLabel.data(), kLabel.size() + 1, 0) == 0) return {};
  if (errno == ENOTSUP) return {};
  return ErrnoError(errno, path.native() + ": SELinux label");
}

}  // namespace nacelle
