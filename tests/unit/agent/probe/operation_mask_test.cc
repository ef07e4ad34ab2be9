// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/operation_mask.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

TEST(OperationMask, BothFormsOfTheKernelAreRead) {
  EXPECT_EQ(*ParseOperationMask("00000000,0000000d"), (std::set<int>{0, 2, 3}));
  EXPECT_EQ(*ParseOperationMask("00000001,00000000"), (std::set<int>{32}));
  EXPECT_EQ(*ParseOperationMask("d"), (std::set<int>{0, 2, 3}));
  EXPECT_EQ(*ParseOperationMask("0xd 0x1 0 0x8000000000000000"), (std::set<int>{0, 2, 3, 64, 255}));
}

TEST(OperationMask, AnythingElseIsRefused) {
  for (const char* text : {"", ",", "x", "1 2 3 4 5", "100000000", "0000000g", "1,2,3,4,5,6,7,8,9", "-1", "1,,2"}) {
    EXPECT_FALSE(ParseOperationMask(text)) << text;
  }
}

}  // namespace
}  // namespace nacelle
