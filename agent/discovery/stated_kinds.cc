// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/stated_kinds.h"

#include <map>

namespace nacelle {
namespace {

bool IsOf(const Function& function, const NodeHardware& row) {
  return function.numa && !row.pci.empty() && function.vendor + ":" + function.device == row.pci;
}

std::string RuleOf(const HardwareTable& table, const Function& function) {
  const auto* known = FindPci(table, function.vendor, function.device);
  return "hardware.yaml: the memory of " + (known != nullptr ? known->name : function.vendor + ":" + function.device);
}

}  // namespace

std::vector<StatedKind> FindStatedKinds(const HardwareTable& table, const std::vector<const Function*>& functions) {
  std::map<int, StatedKind> kinds;
  for (const auto& row : table.nodes) {
    if (row.node) kinds.try_emplace(*row.node, StatedKind{*row.node, row.memory, "hardware.yaml states its kind"});
    for (const auto* function : functions) {
      if (!IsOf(*function, row)) continue;
      kinds.try_emplace(*function->numa, StatedKind{*function->numa, row.memory, RuleOf(table, *function)});
    }
  }
  std::vector<StatedKind> list;
  for (auto& [node, kind] : kinds) list.push_back(std::move(kind));
  return list;
}

}  // namespace nacelle
