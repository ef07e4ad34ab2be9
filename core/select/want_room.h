// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace nacelle {

// Counts how many more items can be given to wants, each to a want that it serves
// and no want getting more than its count. By Hall's theorem: of no set of wants
// may there be more items that serve only these than their counts. At most
// kMaxWants wants; an operation looks at 2^wants sets at most.
class WantRoom {
 public:
  explicit WantRoom(const std::vector<int>& counts);

  // So many more items that serve just `wants` (bit i: the i-th) are taken; fewer
  // when `count` is negative.
  void Take(unsigned wants, int count);

  // How many more items of those wants can be. Negative: so many are too many.
  int Left(unsigned wants) const;

  // The same for each set of wants: in its 2^wants * wants operations.
  std::vector<int> LeftOfEach() const;

 private:
  std::vector<int> left_;  // by set of wants: its counts without the items that serve only these
};

}  // namespace nacelle
