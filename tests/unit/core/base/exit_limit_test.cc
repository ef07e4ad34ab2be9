// SPDX-License-Identifier: Apache-2.0
#include "core/base/exit_limit.h"

#include <unistd.h>

#include <gtest/gtest.h>

namespace nacelle {
namespace {

TEST(ExitLimitDeathTest, AProcessThatHangsEndsAndSaysSo) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        LimitExit(std::chrono::seconds(1));
        while (true) pause();
      },
      testing::ExitedWithCode(0), "something still hangs");
}

}  // namespace
}  // namespace nacelle
