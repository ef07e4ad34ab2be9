// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "plugin/grant/grant.h"

namespace nacelle {

struct ReadOnlyMount {
  std::string container_path;
  std::string host_path;

  bool operator==(const ReadOnlyMount&) const = default;
};

// What is changed in a container for a grant, whatever carries it there.
// Paths and variables are the same in every grant: of two resources in one
// container the kubelet keeps one mount a path, and either serves.
struct ContainerEdits {
  std::vector<DeviceNode> nodes;       // by path, which is the same inside; rw, never m
  std::vector<ReadOnlyMount> mounts;   // by container path
  std::map<std::string, std::string> variables;

  bool operator==(const ContainerEdits&) const = default;
};

// `view`: the folder with what the container sees, see WriteView. `mask_sysfs`:
// folders of /sys list only what is granted.
ContainerEdits EditsFor(const Grant& grant, const std::filesystem::path& view, bool mask_sysfs = true);

}  // namespace nacelle
