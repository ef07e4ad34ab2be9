// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/inventory.h"
#include "plugin/grant/grant.h"

namespace nacelle {

// What a container finds below the mounts of its grants: folders of /sys that
// list only its own devices, these by number, and a description of them.
struct View {
  // By folder name (ViewFolderName), then by link name: the target.
  std::map<std::string, std::map<std::string, std::string>> links;
  std::string description;  // functions.json

  bool operator==(const View&) const = default;
};

// The union of all grants of one container. Functions that the inventory no
// longer has are left out of the description, their links stay.
View BuildView(const Inventory& inventory, const std::vector<Grant>& grants);

}  // namespace nacelle
