// SPDX-License-Identifier: Apache-2.0
#include "plugin/offer/taken_queues.h"

#include <algorithm>

namespace nacelle {
namespace {

bool Has(const HeldShare& share, const std::string& queue) {
  return std::find(share.queues.begin(), share.queues.end(), queue) != share.queues.end();
}

}  // namespace

std::vector<DeviceNumber> OwnNumbers(const std::vector<DeviceNode>& nodes) {
  std::vector<DeviceNumber> numbers;
  for (const auto& node : nodes) {
    if (!node.common) numbers.emplace_back(node.major, node.minor);
  }
  return numbers;
}

std::map<std::string, std::string> FindTaken(const Inventory& inventory, const std::vector<HeldShare>& held) {
  std::multimap<DeviceNumber, const HeldShare*> opened;
  for (const auto& share : held) {
    for (const auto& number : share.numbers) opened.emplace(number, &share);
  }
  std::map<std::string, std::string> taken;
  for (const auto& function : inventory.functions) {
    for (const auto& queue : function.queues) {
      for (const auto& node : queue.nodes) {
        const auto [first, last] = opened.equal_range({node.major, node.minor});
        for (auto it = first; it != last; ++it) {
          if (!Has(*it->second, queue.id)) taken[queue.id] = node.path + " can still be opened by the holder of " + it->second->device;
        }
      }
    }
  }
  return taken;
}

}  // namespace nacelle
