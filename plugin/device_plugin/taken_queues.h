// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/inventory.h"
#include "core/model/offer.h"
#include "plugin/grant/grant.h"

namespace nacelle {

// Whether a container may still have what was granted: it was granted in this
// boot, and PodResources has not yet both named its holder and then missed it.
// `holdings` is null while the kubelet has not answered.
bool MayBeInUse(const Grant& grant, const std::vector<Holding>* holdings, const std::string& boot_id);

// The queues whose device number is one that another queue was granted with,
// and that a container may still have: its device cgroup lets it open the
// number, whatever the number means now. By queue id, with the reason.
std::map<std::string, std::string> FindTaken(const Inventory& inventory, const std::vector<Grant>& grants,
                                             const std::vector<Holding>* holdings, const std::string& boot_id);

}  // namespace nacelle
