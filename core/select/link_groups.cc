// SPDX-License-Identifier: Apache-2.0
#include "core/select/link_groups.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

#include "core/model/pci_path.h"

namespace nacelle {
namespace {

// A neighbour, with the strength of the link.
using Neighbour = std::pair<int, std::uint8_t>;

// All that tells how a function is linked: what it reaches, and what reaches
// it, itself among them. Functions of which this is equal can stand for each other.
struct Neighbours {
  std::vector<Neighbour> to;
  std::vector<Neighbour> from;

  bool operator<(const Neighbours& other) const { return std::tie(to, from) < std::tie(other.to, other.from); }
};

bool IsAllowed(LinkStrength strength, std::optional<LinkStrength> only) {
  return only ? strength == *only : strength != LinkStrength::kSharedAddress;
}

bool ReachesItself(const Function& function) { return PciRootEnd(function.path) != std::string::npos; }

// Finds functions by id. Ids mostly come in order, so it looks first behind
// the one that was found last.
class IndexOf {
 public:
  explicit IndexOf(const std::vector<const Function*>& functions) : functions_(functions) {}

  // -1 when there is none of that id.
  int operator()(const std::string& id) {
    if (last_ < functions_.size() && functions_[last_]->id == id) return static_cast<int>(last_);
    if (last_ + 1 < functions_.size() && functions_[last_ + 1]->id == id) return static_cast<int>(++last_);
    const auto at = std::lower_bound(functions_.begin(), functions_.end(), id,
                                     [](const Function* function, const std::string& key) { return function->id < key; });
    if (at == functions_.end() || (*at)->id != id) return -1;
    last_ = static_cast<std::size_t>(at - functions_.begin());
    return static_cast<int>(last_);
  }

 private:
  const std::vector<const Function*>& functions_;
  std::size_t last_ = 0;
};

// Of several links between the same two the strongest counts.
void KeepStrongest(std::vector<Neighbour>& neighbours) {
  std::sort(neighbours.begin(), neighbours.end());
  const auto same = [](const Neighbour& a, const Neighbour& b) { return a.first == b.first; };
  neighbours.erase(std::unique(neighbours.begin(), neighbours.end(), same), neighbours.end());
}

std::vector<Neighbours> ListNeighbours(const Inventory& inventory, const std::vector<const Function*>& functions,
                                       std::optional<LinkStrength> only) {
  std::vector<Neighbours> list(functions.size());
  IndexOf from_index(functions);
  IndexOf to_index(functions);
  const auto add = [&](int from, int to, LinkStrength strength) {
    list[from].to.emplace_back(to, static_cast<std::uint8_t>(strength));
    list[to].from.emplace_back(from, static_cast<std::uint8_t>(strength));
  };
  for (const auto& link : inventory.links) {
    if (!IsAllowed(link.strength, only)) continue;
    const int from = from_index(link.from);
    const int to = from < 0 ? -1 : to_index(link.to);
    if (to >= 0) add(from, to, link.strength);
  }
  for (int i = 0; i < static_cast<int>(functions.size()); ++i) {
    if (ReachesItself(*functions[i]) && IsAllowed(LinkStrength::kPeerToPeer, only)) {
      add(i, i, LinkStrength::kPeerToPeer);
    }
  }
  for (auto& neighbours : list) {
    KeepStrongest(neighbours.to);
    KeepStrongest(neighbours.from);
  }
  return list;
}

LinkGroups GroupAlike(const std::vector<Neighbours>& list) {
  LinkGroups groups;
  std::map<Neighbours, int> known;
  std::vector<const Neighbours*> first;
  for (const auto& neighbours : list) {
    const auto [at, is_new] = known.emplace(neighbours, static_cast<int>(first.size()));
    if (is_new) first.push_back(&neighbours);
    groups.group_of.push_back(at->second);
  }
  groups.strengths.assign(first.size(), std::vector<std::uint8_t>(first.size(), LinkGroups::kNotLinked));
  for (std::size_t i = 0; i < first.size(); ++i) {
    for (const auto& [to, strength] : first[i]->to) groups.strengths[i][groups.group_of[to]] = strength;
  }
  return groups;
}

// Two groups: those by SVA, all linked, and the rest.
LinkGroups GroupByAccess(const std::vector<const Function*>& functions) {
  LinkGroups groups;
  for (const auto* function : functions) groups.group_of.push_back(function->access == MemoryAccess::kSva ? 0 : 1);
  groups.strengths.assign(2, std::vector<std::uint8_t>(2, LinkGroups::kNotLinked));
  groups.strengths[0][0] = static_cast<std::uint8_t>(LinkStrength::kSharedAddress);
  return groups;
}

}  // namespace

std::optional<LinkFound> FindLink(const Inventory& inventory, const Function& from, const Function& to,
                                  std::optional<LinkStrength> only) {
  if (only == LinkStrength::kSharedAddress) {
    if (from.access != MemoryAccess::kSva || to.access != MemoryAccess::kSva) return std::nullopt;
    return LinkFound{LinkStrength::kSharedAddress, false};
  }
  const auto key = [](const Link& link) { return std::tie(link.from, link.to); };
  const auto wanted = std::tie(from.id, to.id);
  auto at = std::lower_bound(inventory.links.begin(), inventory.links.end(), wanted,
                             [&](const Link& link, const auto& ids) { return key(link) < ids; });
  for (; at != inventory.links.end() && key(*at) == wanted; ++at) {
    if (IsAllowed(at->strength, only)) return LinkFound{at->strength, at->assumed};
  }
  if (&from != &to || !ReachesItself(from) || !IsAllowed(LinkStrength::kPeerToPeer, only)) return std::nullopt;
  return LinkFound{LinkStrength::kPeerToPeer, from.iommu_group.empty()};
}

LinkGroups GroupByLinks(const Inventory& inventory, const std::vector<const Function*>& functions,
                        std::optional<LinkStrength> only) {
  if (only == LinkStrength::kSharedAddress) return GroupByAccess(functions);
  return GroupAlike(ListNeighbours(inventory, functions, only));
}

}  // namespace nacelle
