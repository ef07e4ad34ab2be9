// SPDX-License-Identifier: Apache-2.0
#include "agent/command/holdings.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "core/base/join.h"
#include "core/model/resource_name.h"

namespace nacelle {
namespace {

bool IsOurs(const Holding& holding) { return holding.resource.starts_with(std::string(kResourceDomain) + '/'); }

std::string ContainerOf(const Holding& holding) { return holding.pod_namespace + '/' + holding.pod + '/' + holding.container; }

void AddClaimed(const HeldShare& held, const std::string& shown_as, const std::vector<Holding>& claimed, std::vector<Holding>& holdings) {
  const auto before = holdings.size();
  for (const auto& one : claimed) {
    if (one.device != held.device + held.share_id) continue;
    holdings.push_back({held.resource, shown_as, one.pod_namespace, one.pod, one.container});
  }
  if (holdings.size() == before) holdings.push_back({.resource = held.resource, .device = shown_as});
}

}  // namespace

std::vector<Holding> HoldingsOf(const Holders& holders, const std::vector<HeldShare>& claimed) {
  std::vector<Holding> holdings;
  std::copy_if(holders.devices.begin(), holders.devices.end(), std::back_inserter(holdings), IsOurs);
  // Shares by capacity have no number: each is shown as the next of its device.
  std::map<std::string, int> shares;
  for (const auto& held : claimed) {
    const auto shown_as = held.share_id.empty() ? held.device : ShareId(held.device, shares[held.device]++);
    AddClaimed(held, shown_as, holders.claimed, holdings);
  }
  return holdings;
}

Status CheckDoors(const Holders& holders) {
  std::set<std::string> by_plugin, by_both;
  for (const auto& holding : holders.devices) {
    if (IsOurs(holding)) by_plugin.insert(ContainerOf(holding));
  }
  for (const auto& holding : holders.claimed) {
    if (by_plugin.contains(ContainerOf(holding))) by_both.insert(ContainerOf(holding));
  }
  if (by_both.empty()) return {};
  return Error(Code::kConflict, Join({by_both.begin(), by_both.end()}, ", "));
}

}  // namespace nacelle
