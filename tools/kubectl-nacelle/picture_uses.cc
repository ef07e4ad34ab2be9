// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/picture_uses.h"

#include <cstdint>
#include <set>

#include "core/model/offer.h"

namespace nacelle::kubectl {
namespace {

// What of one offer is on one function.
struct Part {
  std::int64_t shares = 0;
  std::int64_t free = 0;
  std::set<std::string> holders;
};

void Add(const NodeView& node, const crd::NodeOffer& offer, const crd::NodeDevice& member, Part& part) {
  std::set<std::string> held;  // devices, each by one container or more
  for (const auto& holding : node.object.status.holdings) {
    if (holding.resource != offer.resource || !ShareNumber(member.id, holding.device)) continue;
    held.insert(holding.device);
    part.holders.insert(holding.pod.empty() ? "a claim" : PodOf(holding));
  }
  part.shares += member.shares;
  if (member.healthy) part.free += member.shares - static_cast<std::int64_t>(held.size());
}

// By function.
std::map<std::string, Part> PartsOf(const NodeView& node, const crd::NodeOffer& offer) {
  std::map<std::string, Part> parts;
  for (const auto& member : offer.members) {
    std::set<std::string> functions;
    for (const auto& queue : QueuesOf(member)) {
      if (const auto ref = FindQueue(node.inventory, queue)) functions.insert(ref.function->id);
    }
    for (const auto& function : functions) Add(node, offer, member, parts[function]);
  }
  return parts;
}

void Append(std::string& list, const std::string& word) { list += (list.empty() ? "" : ", ") + word; }

}  // namespace

std::map<std::string, FunctionUse> UsesOf(const NodeView& node) {
  std::map<std::string, FunctionUse> uses;
  for (const auto& offer : node.object.status.offers) {
    for (const auto& [function, part] : PartsOf(node, offer)) {
      auto& use = uses[function];
      Append(use.offered, ShortName(offer.resource) + ", " + std::to_string(part.free) + " of " + std::to_string(part.shares) + " free");
      for (const auto& holder : part.holders) Append(use.held, holder);
    }
  }
  return uses;
}

}  // namespace nacelle::kubectl
