// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/chain_domains.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace nacelle {
namespace {

using Pairs = std::set<std::pair<std::string, std::string>>;

// From one to another without the CPU.
Pairs DirectLinks(const Inventory& inventory) {
  Pairs pairs;
  for (const auto& link : inventory.links) {
    if (link.strength != LinkStrength::kSharedAddress) pairs.emplace(link.from, link.to);
  }
  return pairs;
}

}  // namespace

std::map<std::string, std::string> ChainDomains(const Inventory& inventory) {
  const auto links = DirectLinks(inventory);
  std::map<std::string, std::set<std::string>> partners;  // both ways
  for (const auto& [from, to] : links) {
    if (from != to && links.contains({to, from})) partners[from].insert(to);
  }
  std::map<std::string, std::string> domains;
  for (const auto& [first, others] : partners) {
    if (domains.contains(first)) continue;
    std::vector<std::string> members{first};
    for (const auto& other : others) {
      const bool fits = !domains.contains(other) && std::all_of(members.begin(), members.end(), [&](const std::string& member) {
        return partners.at(other).contains(member);
      });
      if (fits) members.push_back(other);
    }
    if (members.size() == 1) continue;
    for (const auto& member : members) domains[member] = first;
  }
  return domains;
}

}  // namespace nacelle
