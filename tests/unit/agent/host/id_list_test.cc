// SPDX-License-Identifier: Apache-2.0
#include "agent/host/id_list.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

TEST(IdList, RangesAndNumbersBecomeSortedNumbers) {
  EXPECT_EQ(*ParseIdList("8,0-2"), (std::vector<int>{0, 1, 2, 8}));
}

TEST(IdList, AnEmptyTextIsAnEmptyList) { EXPECT_TRUE(ParseIdList("")->empty()); }

TEST(IdList, WhatIsGivenTwiceCountsOnce) { EXPECT_EQ(*ParseIdList("1-2,2"), (std::vector<int>{1, 2})); }

TEST(IdList, NonsenseIsInvalid) {
  for (const char* text : {"a", "1-", "-1", "3-1", "1 2", "0-99999999", "1,,2", "99999999999999999999"}) {
    EXPECT_FALSE(ParseIdList(text)) << text;
  }
}

TEST(IdList, AListThatRepeatsItselfForeverIsInvalid) {
  std::string text = "0-65535";
  for (int i = 0; i < 100; ++i) text += ",0-65535";
  EXPECT_FALSE(ParseIdList(text));
}

}  // namespace
}  // namespace nacelle
