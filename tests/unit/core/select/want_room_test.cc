// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/select/want_room.h"
#include "tests/unit/core/select/machines.h"

namespace nacelle {
namespace {

// By the plainest means: each item is tried with each want.
bool CanBeGiven(std::vector<int> counts, std::vector<unsigned> items) {
  if (items.empty()) return true;
  const unsigned wants = items.back();
  items.pop_back();
  for (std::size_t want = 0; want < counts.size(); ++want) {
    if ((wants >> want & 1U) == 0 || counts[want] == 0) continue;
    --counts[want];
    if (CanBeGiven(counts, items)) return true;
    ++counts[want];
  }
  return false;
}

TEST(WantRoom, TellsHowManyMoreItemsCanBeGiven) {
  RandomMachine random(1);
  for (int run = 0; run < 300; ++run) {
    std::vector<int> counts(1 + static_cast<std::size_t>(random.Below(4)));
    for (auto& count : counts) count = random.Below(3);
    const unsigned sets = 1U << counts.size();
    WantRoom room(counts);
    std::vector<unsigned> items;
    for (int more = random.Below(5); more > 0; --more) {
      const auto wants = static_cast<unsigned>(random.Below(static_cast<int>(sets)));
      if (room.Left(wants) <= 0) continue;
      room.Take(wants, 1);
      items.push_back(wants);
    }
    ASSERT_TRUE(CanBeGiven(counts, items));
    const auto each = room.LeftOfEach();
    for (unsigned wants = 0; wants < sets; ++wants) {
      const int left = room.Left(wants);
      EXPECT_EQ(each[wants], left);
      auto as_many = items;
      as_many.insert(as_many.end(), static_cast<std::size_t>(left), wants);
      EXPECT_TRUE(CanBeGiven(counts, as_many));
      as_many.push_back(wants);
      EXPECT_FALSE(CanBeGiven(counts, as_many));
    }
  }
}

TEST(WantRoom, WhatIsGivenBackCanBeTakenAgain) {
  WantRoom room({1, 2});
  room.Take(0b11, 3);
  EXPECT_EQ(room.Left(0b01), 0);
  room.Take(0b11, -2);
  EXPECT_EQ(room.Left(0b01), 1);
  EXPECT_EQ(room.Left(0b10), 2);
}

TEST(WantRoom, TooManyAreLessThanNone) {
  WantRoom room({1, 2});
  room.Take(0b01, 3);
  EXPECT_EQ(room.Left(0b01), -2);
}

}  // namespace
}  // namespace nacelle
