// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/peer_links.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

namespace nacelle {
namespace {

constexpr std::string_view kPciRoot = "/sys/devices/pci";

// What two functions must have in common to reach each other: the device, or
// the topmost switch port below the root port. Empty: there is no such thing.
//   /sys/devices/pci0000:20/0000:20:00.0/0000:21:00.0/0000:22:01.0/0000:24:00.0
//                 root      root port    switch       its port     the function
std::string MeetingPlace(const std::string& path) {
  if (!path.starts_with(kPciRoot)) return {};
  std::vector<std::size_t> slashes;
  for (auto at = path.find('/', kPciRoot.size()); at != std::string::npos; at = path.find('/', at + 1)) {
    slashes.push_back(at);
  }
  if (slashes.size() >= 4) return path.substr(0, slashes[2]);
  return path.substr(0, path.rfind('.'));  // without the function's number
}

bool Before(const Link& a, const Link& b) {
  return std::tie(a.from, a.to, a.strength) < std::tie(b.from, b.to, b.strength);
}

}  // namespace

std::vector<Link> BuildPeerLinks(const std::vector<Function>& functions) {
  std::map<std::string, std::vector<const Function*>> places;
  for (const auto& function : functions) {
    const auto place = MeetingPlace(function.path);
    if (!place.empty()) places[place + " " + function.iommu_group].push_back(&function);
  }
  std::vector<Link> links;
  for (const auto& [place, members] : places) {
    for (const auto* from : members) {
      for (const auto* to : members) {
        if (from == to) continue;
        links.push_back({from->id, to->id, LinkStrength::kPeerToPeer, from->iommu_group.empty()});
      }
    }
  }
  std::sort(links.begin(), links.end(), Before);
  return links;
}

}  // namespace nacelle
