// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/container_grants.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace nacelle {
namespace {

using ContainerName = std::tuple<std::string, std::string, std::string>;  // namespace, pod, container
using DevicesByResource = std::map<std::string, std::set<std::string>>;

std::map<ContainerName, DevicesByResource> ByContainer(const std::vector<Holding>& holdings) {
  std::map<ContainerName, DevicesByResource> containers;
  for (const auto& h : holdings) containers[{h.pod_namespace, h.pod, h.container}][h.resource].insert(h.device);
  return containers;
}

// The same with all containers of a pod as one.
std::map<ContainerName, DevicesByResource> ByPod(const std::vector<Holding>& holdings) {
  std::map<ContainerName, DevicesByResource> pods;
  for (const auto& h : holdings) pods[{h.pod_namespace, h.pod, ""}][h.resource].insert(h.device);
  return pods;
}

bool HoldsExactly(const DevicesByResource& held, const Grant& grant) {
  const auto it = held.find(grant.resource);
  return it != held.end() && std::equal(it->second.begin(), it->second.end(), grant.devices.begin(), grant.devices.end());
}

bool HoldsAll(const DevicesByResource& held, const Grant& grant) {
  const auto it = held.find(grant.resource);
  return it != held.end() &&
         std::includes(it->second.begin(), it->second.end(), grant.devices.begin(), grant.devices.end());
}

using Holds = bool (*)(const DevicesByResource&, const Grant&);

std::map<std::string, Grant> Companions(const std::map<ContainerName, DevicesByResource>& holders,
                                        const std::vector<Grant>& grants, const Grant& own, Holds holds) {
  std::vector<const DevicesByResource*> matching;
  for (const auto& [name, held] : holders) {
    if (holds(held, own)) matching.push_back(&held);
  }
  std::map<std::string, Grant> found;
  if (matching.empty()) return found;
  found.emplace(GrantId(own), own);
  for (const auto& grant : grants) {
    const bool theirs = std::all_of(matching.begin(), matching.end(), [&](const auto* held) { return holds(*held, grant); });
    if (grant.resource != own.resource && theirs) found.emplace(GrantId(grant), grant);
  }
  return found;
}

}  // namespace

std::vector<Grant> GrantsOfContainer(const std::vector<Holding>& holdings, const std::vector<Holding>* allocated,
                                     const std::vector<Grant>& grants, const Grant& own) {
  auto found = Companions(ByContainer(holdings), grants, own, HoldsExactly);
  if (found.empty() && allocated != nullptr) found = Companions(ByContainer(*allocated), grants, own, HoldsExactly);
  if (found.empty()) found = Companions(ByPod(holdings), grants, own, HoldsAll);
  if (found.empty()) return {own};
  std::vector<Grant> result;
  for (auto& [id, grant] : found) result.push_back(std::move(grant));
  return result;
}

std::set<std::string> GrantIdsOf(const std::vector<Holding>& holdings) {
  std::set<std::string> ids;
  for (const auto& [name, held] : ByContainer(holdings)) {
    for (const auto& [resource, devices] : held) ids.insert(GrantId(resource, {devices.begin(), devices.end()}));
  }
  return ids;
}

}  // namespace nacelle
