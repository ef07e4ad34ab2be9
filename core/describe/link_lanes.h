// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/inventory.h"

namespace nacelle {

// Where the links of a function leave its box in a picture: the right edge of
// its column, and the middle of its box.
struct LinkAnchor {
  int x = 0;
  int y = 0;
};

// A vertical line beside a column, from which each of its ends is reached.
struct LinkLane {
  int x = 0;
  std::vector<LinkAnchor> ends;  // from top to bottom
  LinkStrength strength = LinkStrength::kPeerToPeer;
  bool assumed = false;

  // The points of an SVG path.
  std::string Path() const;
};

// One lane for functions that are all linked with each other, and else one for
// each pair; lanes side by side do not touch, as far as there is room for them.
std::vector<LinkLane> BuildLinkLanes(const std::vector<Link>& links, const std::map<std::string, LinkAnchor>& anchors);

// How much room the lanes of a column have.
inline constexpr int kLaneRoom = 44;

}  // namespace nacelle
