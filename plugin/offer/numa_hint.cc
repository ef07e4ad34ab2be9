// SPDX-License-Identifier: Apache-2.0
#include "plugin/offer/numa_hint.h"

#include <algorithm>
#include <optional>

namespace nacelle {
namespace {

constexpr std::size_t kMaxNodes = 4;

bool HasCpus(const Inventory& inventory, int node) {
  return std::any_of(inventory.numa.begin(), inventory.numa.end(),
                     [node](const NumaNode& n) { return n.id == node && n.has_cpus; });
}

}  // namespace

std::vector<int> NumaHint(const Inventory& inventory, const Function& function) {
  if (!function.numa) return {};
  if (HasCpus(inventory, *function.numa)) return {*function.numa};

  int least = kUnknownDistance;
  std::size_t with_cpus = 0;
  std::vector<int> nearest;
  for (const auto& node : inventory.numa) {
    if (!node.has_cpus) continue;
    ++with_cpus;
    const int distance = NumaDistance(inventory, function.numa, node.id);
    if (distance >= kUnknownDistance || distance > least) continue;
    if (distance < least) nearest.clear();
    least = distance;
    nearest.push_back(node.id);
  }
  if (nearest.size() == with_cpus && with_cpus > 1) return {};
  if (nearest.size() > kMaxNodes) nearest.resize(kMaxNodes);
  return nearest;
}

std::vector<int> NumaHint(const Inventory& inventory, const std::vector<std::string>& queues) {
  std::optional<std::vector<int>> common;
  for (const auto& id : queues) {
    const auto ref = FindQueue(inventory, id);
    const auto nodes = ref ? NumaHint(inventory, *ref.function) : std::vector<int>();
    if (nodes.empty()) continue;
    if (!common) common = nodes;
    std::erase_if(*common, [&](int node) { return !std::binary_search(nodes.begin(), nodes.end(), node); });
  }
  return common.value_or(std::vector<int>());
}

}  // namespace nacelle
