// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/model/inventory.h"

namespace nacelle {

// The link from one function to another (or to itself: two of its queues).
struct LinkFound {
  LinkStrength strength = LinkStrength::kSharedAddress;
  bool assumed = false;
};

// The strongest link that a chain may use: of strength `only`, else on-card or
// peer-to-peer. A PCI function reaches itself; any two functions by SVA share
// addresses.
std::optional<LinkFound> FindLink(const Inventory& inventory, const Function& from, const Function& to,
                                  std::optional<LinkStrength> only);

// Functions that are linked alike, so that one stands for all of its group.
struct LinkGroups {
  static constexpr std::uint8_t kNotLinked = 3;

  std::vector<int> group_of;  // in the order of the functions given
  // Between groups, and inside one: a LinkStrength, or kNotLinked.
  std::vector<std::vector<std::uint8_t>> strengths;
};

// `functions` are distinct and sorted by id.
LinkGroups GroupByLinks(const Inventory& inventory, const std::vector<const Function*>& functions,
                        std::optional<LinkStrength> only);

}  // namespace nacelle
