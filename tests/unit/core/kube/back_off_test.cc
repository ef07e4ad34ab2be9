// SPDX-License-Identifier: Apache-2.0
#include "core/kube/back_off.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

using std::chrono::milliseconds;

TEST(BackOff, DoublesUpToTheMostAndBeginsAnewAfterASuccess) {
  BackOff back_off(milliseconds(100), milliseconds(350));
  for (const int whole : {100, 200, 350, 350}) {
    const auto time = back_off.Next();
    EXPECT_GE(time, milliseconds(whole / 2));
    EXPECT_LE(time, milliseconds(whole));
  }
  back_off.Reset();
  EXPECT_LE(back_off.Next(), milliseconds(100));
}

TEST(BackOff, APauseEndsWhenAskedToStop) {
  std::stop_source stop;
  stop.request_stop();
  const auto begin = std::chrono::steady_clock::now();
  Pause(std::chrono::hours(1), stop.get_token());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::minutes(1));
}

}  // namespace
}  // namespace nacelle
