// SPDX-License-Identifier: Apache-2.0
#include "core/select/want_room.h"

#include <algorithm>
#include <cstddef>

namespace nacelle {

WantRoom::WantRoom(const std::vector<int>& counts) : left_(std::size_t{1} << counts.size()) {
  for (std::size_t set = 1; set < left_.size(); ++set) {
    std::size_t last = 0;
    while ((set >> last & 1U) == 0) ++last;
    left_[set] = left_[set & (set - 1)] + counts[last];
  }
}

void WantRoom::Take(unsigned wants, int count) {
  for (std::size_t set = wants; set < left_.size(); set = (set + 1) | wants) left_[set] -= count;
}

int WantRoom::Left(unsigned wants) const {
  int least = left_.back();
  for (std::size_t set = wants; set < left_.size(); set = (set + 1) | wants) least = std::min(least, left_[set]);
  return least;
}

std::vector<int> WantRoom::LeftOfEach() const {
  auto least = left_;
  for (std::size_t want = 1; want < least.size(); want *= 2) {
    for (std::size_t set = 0; set < least.size(); ++set) least[set] = std::min(least[set], least[set | want]);
  }
  return least;
}

}  // namespace nacelle
