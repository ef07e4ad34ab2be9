// SPDX-License-Identifier: Apache-2.0
#include "operator/control/lease.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

using namespace std::chrono_literals;

TEST(DecideLease, TheHolderRenews) { EXPECT_EQ(DecideLease("me", "me", 20s, 15s), LeaseStep::kRenew); }

TEST(DecideLease, AnotherHolderIsWaitedFor) { EXPECT_EQ(DecideLease("other", "me", 14s, 15s), LeaseStep::kWait); }

TEST(DecideLease, AHolderThatIsSilentIsReplaced) { EXPECT_EQ(DecideLease("other", "me", 15s, 15s), LeaseStep::kTake); }

TEST(DecideLease, WhatWasGivenBackIsTakenAtOnce) { EXPECT_EQ(DecideLease("", "me", 0s, 15s), LeaseStep::kTake); }

}  // namespace
}  // namespace nacelle
