// SPDX-License-Identifier: Apache-2.0
#include "agent/publish/build_status.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "core/crd/node_inventory.h"
#include "core/json/value.h"

namespace nacelle {
namespace {

using crd::NodeDevice;
using crd::NodeOffer;

std::int64_t Count(std::size_t size) { return static_cast<std::int64_t>(size); }

NodeDevice QueueMember(const Inventory& inventory, const OfferedQueue& offered) {
  const auto ref = FindQueue(inventory, offered.queue);
  const auto health = ref ? EffectiveHealth(ref) : Health{false, "it is not there any more"};
  return {offered.queue, {}, Count(DeviceIds(offered).size()), health.healthy, health.reason};
}

NodeDevice TupleMember(const OfferedTuple& tuple) {
  return {tuple.id, tuple.queues, Count(DeviceIds(tuple).size()), tuple.health.healthy, tuple.health.reason};
}

std::int64_t HeldShares(const NodeDevice& member, const std::set<std::string>& held) {
  return std::count_if(held.begin(), held.end(), [&](const std::string& device) {
    const auto share = ShareNumber(member.id, device);
    return share && *share < member.shares;
  });
}

NodeOffer OfferOf(const NodeView& view, const Offer& offer) {
  NodeOffer out;
  out.resource = offer.resource;
  out.through = offer.route == Route::kDra ? "dra" : "devicePlugin";
  for (const auto& queue : offer.queues) out.members.push_back(QueueMember(*view.inventory, queue));
  for (const auto& tuple : offer.tuples) out.members.push_back(TupleMember(tuple));
  std::set<std::string> held;
  for (const auto& holding : view.holdings) {
    if (holding.resource == offer.resource) held.insert(holding.device);
  }
  for (const auto& member : out.members) {
    out.devices += member.shares;
    if (!member.healthy) continue;
    out.healthy += member.shares;
    out.free += member.shares - HeldShares(member, held);
  }
  out.held = Count(held.size());
  return out;
}

// Whether the status is small enough with this said to be left out.
bool Fits(crd::NodeStatus& status, std::size_t bytes, const std::string& left_out) {
  if (!left_out.empty()) status.truncated += (status.truncated.empty() ? "left out: " : "; ") + left_out;
  return json::Write(crd::WriteNodeStatus(status)).size() <= bytes;
}

void KeepNearest(crd::NodeStatus& status) {
  for (auto& function : status.functions) {
    if (function.affinities.size() > 1) function.affinities.resize(1);
  }
}

void DropMembers(crd::NodeStatus& status) {
  for (auto& offer : status.offers) offer.members.clear();
}

}  // namespace

crd::NodeStatus BuildStatus(const NodeView& view) {
  crd::NodeStatus status;
  crd::Describe(*view.inventory, status);
  status.grant_via = view.grant_via;
  for (const auto& offer : view.offers) status.offers.push_back(OfferOf(view, offer));
  for (const auto& resource : view.empty) status.offers.push_back({.resource = resource});
  for (const auto& one : view.holdings) status.holdings.push_back({one.resource, one.device, one.pod_namespace, one.pod, one.container});
  for (const auto& [object, message] : view.hidden) status.hidden.push_back({object, message});
  for (const auto& [object, message] : view.problems) status.problems.push_back({object, message});
  status.summary.problems = Count(status.problems.size());
  for (const auto& offer : status.offers) {
    status.summary.devices += offer.devices;
    status.summary.held += offer.held;
  }
  return status;
}

void Truncate(crd::NodeStatus& status, std::size_t bytes) {
  if (Fits(status, bytes, {})) return;
  const auto links = std::to_string(status.links.size());
  status.links.clear();
  if (Fits(status, bytes, links + " links")) return;
  KeepNearest(status);
  if (Fits(status, bytes, "all but the nearest memory of each function")) return;
  DropMembers(status);
  if (Fits(status, bytes, "members of offers")) return;
  const auto before = status.truncated;
  const auto functions = status.functions.size();
  // Each round at least one less, so it ends.
  do {
    status.functions.resize(status.functions.size() - std::max<std::size_t>(1, status.functions.size() / 8));
    status.truncated = before;
  } while (!Fits(status, bytes, std::to_string(functions - status.functions.size()) + " functions") && !status.functions.empty());
}

}  // namespace nacelle
