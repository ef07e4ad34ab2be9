// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/selinux_label.h"

#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace nacelle {
namespace {

bool SelinuxIsOn() {
  static const bool on = access("/sys/fs/selinux/enforce", F_OK) == 0;
  return on;
}

}  // namespace

Status LabelForContainers(const std::filesystem::path& path) {
  if (!SelinuxIsOn()) return {};
  constexpr std::string_view kLabel = "system_u:object_r:container_file_t:s0";
  // The kernel keeps the final NUL as part of the value.
  if (lsetxattr(path.c_str(), "security.selinux", kLabel.data(), kLabel.size() + 1, 0) == 0) return {};
  if (errno == ENOTSUP) return {};
  return ErrnoError(errno, path.native() + ": SELinux label");
}

}  // namespace nacelle
