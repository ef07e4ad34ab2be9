// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

#include "core/base/result.h"

namespace nacelle {

// Lets confined containers read `path` (itself, not what a link leads to):
// type container_file_t, because the kubelet asks for no relabelling of a
// plugin's mounts. Does nothing where SELinux is off.
Status LabelForContainers(const std::filesystem::path& path);

// Whether /proc/filesystems, as given, tells that SELinux is on.
bool KnowsSelinux(std::string_view filesystems);

}  // namespace nacelle
