// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/grant.h"

#include <algorithm>

#include "plugin/grant/short_hash.h"

namespace nacelle {

std::string GrantId(std::string_view resource, const std::vector<std::string>& devices) {
  std::string text(resource);
  for (const auto& device : devices) text += '\n' + device;
  return ShortHash(text, 16);
}

std::string GrantId(const Grant& grant) { return GrantId(grant.resource, grant.devices); }

std::filesystem::path ViewPath(const std::filesystem::path& state_dir, std::string_view grant_id) {
  return state_dir.native() + "/views/" + std::string(grant_id);
}

std::string ViewFolderName(std::string_view container_path) {
  std::string name(container_path.substr(container_path.starts_with('/') ? 1 : 0));
  std::replace(name.begin(), name.end(), '/', '-');
  return name;
}

}  // namespace nacelle
