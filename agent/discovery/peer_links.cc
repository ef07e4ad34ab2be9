// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/peer_links.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "core/model/pci_path.h"

namespace nacelle {
namespace {

// Whether what one function sends to another may pass.
enum class Passage { kUnknown, kOpen, kClosed };

// A function with the devices on its way from the root:
//   /sys/devices/pci0000:20/0000:20:00.0/0000:21:00.0/0000:22:01.0/0000:24:00.0
//                 root bus  root port    switch       its port     the function
class Peer {
 public:
  static constexpr std::size_t kUsualDepth = 8;

  explicit Peer(const Function& function) : function_(&function) {
    const auto& path = function.path;
    ends_.reserve(kUsualDepth);
    for (auto at = PciRootEnd(path); at < path.size();) {
      at = std::min(path.find('/', at + 1), path.size());
      ends_.push_back(at);
    }
  }

  const Function& function() const { return *function_; }
  std::size_t depth() const { return ends_.size(); }
  // The path down to the `n`-th device; the last is the function itself.
  std::string_view Path(std::size_t n) const { return std::string_view(function_->path).substr(0, ends_[n]); }

  // What two functions must have in common to reach each other: the topmost
  // switch below the root port, or the device. Empty: there is no such thing.
  std::string_view MeetingPlace() const {
    if (depth() >= 4) return Path(1);
    if (!function_->card.empty()) return function_->card;
    const std::string_view path = function_->path;
    return path.substr(0, path.rfind('.'));  // without the function's number
  }

  // Looks up what is known of the devices below the meeting place, once for all pairs.
  void Learn(const AcsFacts& acs) {
    acs_.assign(depth(), Acs::kUnknown);
    for (auto n = FirstBelow(); n < depth(); ++n) {
      const auto known = acs.find(Path(n));
      if (known != acs.end()) acs_[n] = known->second;
    }
  }
  Acs At(std::size_t n) const { return acs_[n]; }
  std::size_t FirstBelow() const { return depth() >= 4 ? 2 : depth() - 1; }

  // How many devices of both ways are the same.
  std::size_t CommonWith(const Peer& other) const {
    std::size_t n = 0;
    while (n < depth() && n < other.depth() && Path(n) == other.Path(n)) ++n;
    return n;
  }

 private:
  const Function* function_;
  std::vector<std::size_t> ends_;
  std::vector<Acs> acs_;
};

using Places = std::unordered_map<std::string_view, std::vector<Peer>>;

void AddPeer(const Function& function, Places& places) {
  Peer peer(function);
  if (peer.depth() > 0) places[peer.MeetingPlace()].push_back(std::move(peer));
}

// The ports that `peer` has to itself, as far as they tell.
Passage PassPorts(const Peer& peer, std::size_t common) {
  auto passage = Passage::kOpen;
  for (auto n = common; n + 1 < peer.depth(); ++n) {
    const auto port = peer.At(n);
    if (port == Acs::kRedirects) return Passage::kClosed;
    if (port == Acs::kUnknown) passage = Passage::kUnknown;
  }
  return passage;
}

// Inside a device, functions without the services may be apart or not.
Passage PassDevice(const Peer& a, const Peer& b) {
  const auto first = a.At(a.depth() - 1);
  const auto second = b.At(b.depth() - 1);
  if (first == Acs::kRedirects || second == Acs::kRedirects) return Passage::kClosed;
  return first == Acs::kOpen && second == Acs::kOpen ? Passage::kOpen : Passage::kUnknown;
}

Passage PassBetween(const Peer& a, const Peer& b) {
  const auto common = a.CommonWith(b);
  if (common == a.depth()) return Passage::kUnknown;  // one PCI function
  if (common + 1 == a.depth() && common + 1 == b.depth()) return PassDevice(a, b);
  const auto up = PassPorts(a, common);
  const auto down = PassPorts(b, common);
  if (up == Passage::kClosed || down == Passage::kClosed) return Passage::kClosed;
  return up == Passage::kOpen && down == Passage::kOpen ? Passage::kOpen : Passage::kUnknown;
}

void AddLinks(const Peer& a, const Peer& b, std::vector<Link>& links) {
  const auto passage = PassBetween(a, b);
  const auto& group = a.function().iommu_group;
  if (passage == Passage::kClosed) return;
  if (passage == Passage::kUnknown && group != b.function().iommu_group) return;
  const bool assumed = passage == Passage::kUnknown && group.empty();
  links.push_back({a.function().id, b.function().id, LinkStrength::kPeerToPeer, assumed});
  links.push_back({b.function().id, a.function().id, LinkStrength::kPeerToPeer, assumed});
}

bool Before(const Link& a, const Link& b) {
  return std::tie(a.from, a.to, a.strength) < std::tie(b.from, b.to, b.strength);
}

// Adds the links of a place; false when there would be too many, and none is added.
bool AddPlace(std::vector<Peer>& peers, const AcsFacts& acs, std::vector<Link>& links) {
  const auto before = links.size();
  for (auto& peer : peers) peer.Learn(acs);
  for (std::size_t i = 0; i < peers.size(); ++i) {
    for (std::size_t j = i + 1; j < peers.size(); ++j) AddLinks(peers[i], peers[j], links);
    if (links.size() <= kMostPeerLinks) continue;
    links.resize(before);
    return false;
  }
  return true;
}

Problem LeftOut(std::string_view place, std::size_t functions) {
  return {std::string(place), "the peer-to-peer links of the " + std::to_string(functions) +
                                  " functions that meet here are left out: a node has " + std::to_string(kMostPeerLinks) +
                                  " at most"};
}

}  // namespace

std::vector<std::string> PathsBetweenPeers(const std::vector<const Function*>& functions) {
  Places places;
  for (const auto* function : functions) AddPeer(*function, places);
  std::set<std::string_view> paths;
  for (const auto& [place, peers] : places) {
    if (peers.size() < 2) continue;
    for (const auto& peer : peers) {
      for (auto n = peer.FirstBelow(); n < peer.depth(); ++n) paths.insert(peer.Path(n));
    }
  }
  return {paths.begin(), paths.end()};
}

PeerLinks BuildPeerLinks(const SharedList<Function>& functions, const AcsFacts& acs) {
  Places places;
  for (const auto& function : functions) AddPeer(function, places);
  std::vector<std::pair<std::size_t, std::string_view>> by_size;
  for (const auto& [place, peers] : places) {
    if (peers.size() > 1) by_size.emplace_back(peers.size(), place);
  }
  std::sort(by_size.begin(), by_size.end());
  PeerLinks found;
  for (const auto& [size, place] : by_size) {
    if (!AddPlace(places[place], acs, found.links)) found.problems.push_back(LeftOut(place, size));
  }
  std::sort(found.links.begin(), found.links.end(), Before);
  return found;
}

}  // namespace nacelle
