// SPDX-License-Identifier: Apache-2.0
#include "core/describe/link_lanes.h"

#include <algorithm>
#include <set>
#include <utility>

namespace nacelle {
namespace {

constexpr int kLaneStep = 8;
constexpr int kLanes = kLaneRoom / kLaneStep - 1;

using Kind = std::pair<LinkStrength, bool>;  // strength, assumed
using Neighbours = std::map<std::string, std::set<std::string>>;

// Functions that reach each other over any number of links.
std::set<std::string> PartOf(const Neighbours& neighbours, const std::string& first) {
  std::set<std::string> part = {first};
  std::vector<std::string> pending = {first};
  while (!pending.empty()) {
    const auto id = std::move(pending.back());
    pending.pop_back();
    for (const auto& next : neighbours.at(id)) {
      if (part.insert(next).second) pending.push_back(next);
    }
  }
  return part;
}

bool AreAllLinked(const Neighbours& neighbours, const std::set<std::string>& part) {
  return std::all_of(part.begin(), part.end(),
                     [&](const std::string& id) { return neighbours.at(id).size() + 1 == part.size(); });
}

LinkLane MakeLane(const std::set<std::string>& ids, const std::map<std::string, LinkAnchor>& anchors, const Kind& kind) {
  LinkLane lane{0, {}, kind.first, kind.second};
  for (const auto& id : ids) lane.ends.push_back(anchors.at(id));
  std::sort(lane.ends.begin(), lane.ends.end(), [](auto& a, auto& b) { return std::pair(a.y, a.x) < std::pair(b.y, b.x); });
  for (const auto& end : lane.ends) lane.x = std::max(lane.x, end.x);
  return lane;
}

void AddLanes(const Neighbours& neighbours, const std::map<std::string, LinkAnchor>& anchors, const Kind& kind,
              std::vector<LinkLane>& lanes) {
  std::set<std::string> done;
  for (const auto& [id, others] : neighbours) {
    if (done.contains(id)) continue;
    const auto part = PartOf(neighbours, id);
    done.insert(part.begin(), part.end());
    if (AreAllLinked(neighbours, part)) {
      lanes.push_back(MakeLane(part, anchors, kind));
      continue;
    }
    for (const auto& from : part) {
      for (const auto& to : neighbours.at(from)) {
        if (from < to) lanes.push_back(MakeLane({from, to}, anchors, kind));
      }
    }
  }
}

bool Overlap(const LinkLane& a, const LinkLane& b) {
  return a.x == b.x && a.ends.front().y <= b.ends.back().y && b.ends.front().y <= a.ends.back().y;
}

// Each beside those before it that it would lie on.
void Spread(std::vector<LinkLane>& lanes) {
  std::vector<int> steps(lanes.size(), 0);
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    std::set<int> taken;
    for (std::size_t j = 0; j < i; ++j) {
      if (Overlap(lanes[i], lanes[j])) taken.insert(steps[j]);
    }
    while (taken.contains(steps[i]) && steps[i] + 1 < kLanes) ++steps[i];
  }
  for (std::size_t i = 0; i < lanes.size(); ++i) lanes[i].x += (steps[i] + 1) * kLaneStep;
}

}  // namespace

std::string LinkLane::Path() const {
  std::string path;
  for (const auto& end : ends) {
    path += "M" + std::to_string(end.x) + " " + std::to_string(end.y) + "H" + std::to_string(x);
  }
  return path + "M" + std::to_string(x) + " " + std::to_string(ends.front().y) + "V" + std::to_string(ends.back().y);
}

std::vector<LinkLane> BuildLinkLanes(const std::vector<Link>& links, const std::map<std::string, LinkAnchor>& anchors) {
  std::map<Kind, Neighbours> by_kind;
  for (const auto& link : links) {
    if (link.from == link.to || !anchors.contains(link.from) || !anchors.contains(link.to)) continue;
    auto& neighbours = by_kind[{link.strength, link.assumed}];
    neighbours[link.from].insert(link.to);
    neighbours[link.to].insert(link.from);
  }
  std::vector<LinkLane> lanes;
  for (const auto& [kind, neighbours] : by_kind) AddLanes(neighbours, anchors, kind, lanes);
  Spread(lanes);
  return lanes;
}

}  // namespace nacelle
