// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/taken_queues.h"

#include <utility>

#include "plugin/device_plugin/retention.h"

namespace nacelle {
namespace {

using DeviceNumber = std::pair<unsigned, unsigned>;

}  // namespace

bool MayBeInUse(const Grant& grant, const std::vector<Holding>* holdings, const std::string& boot_id) {
  if (holdings == nullptr) return true;
  if (IsNamed(grant, *holdings)) return true;
  return !grant.listed && grant.boot_id == boot_id;
}

std::map<std::string, std::string> FindTaken(const Inventory& inventory, const std::vector<Grant>& grants,
                                             const std::vector<Holding>* holdings, const std::string& boot_id) {
  std::multimap<DeviceNumber, std::string> granted;  // to queue ids
  for (const auto& grant : grants) {
    // After a reboot no container has the numbers until it starts again, and
    // then PreStartContainer compares them.
    if (grant.boot_id != boot_id || !MayBeInUse(grant, holdings, boot_id)) continue;
    for (const auto& queue : grant.queues) {
      for (const auto& node : queue.nodes) {
        if (!node.common) granted.emplace(DeviceNumber{node.major, node.minor}, queue.id);
      }
    }
  }
  std::map<std::string, std::string> taken;
  for (const auto& function : inventory.functions) {
    for (const auto& queue : function.queues) {
      for (const auto& node : queue.nodes) {
        const auto [first, last] = granted.equal_range({node.major, node.minor});
        for (auto it = first; it != last; ++it) {
          if (it->second != queue.id) taken[queue.id] = node.path + " can still be opened by the holder of " + it->second;
        }
      }
    }
  }
  return taken;
}

}  // namespace nacelle
