// SPDX-License-Identifier: Apache-2.0
#include "core/base/join.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

TEST(Join, WordsHaveItBetweenThem) {
  EXPECT_EQ(Join({}, ", "), "");
  EXPECT_EQ(Join({"a"}, ", "), "a");
  EXPECT_EQ(Join({"a", "b", "c"}, ", "), "a, b, c");
}

}  // namespace
}  // namespace nacelle
