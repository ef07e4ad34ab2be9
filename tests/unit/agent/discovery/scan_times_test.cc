// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/scan_times.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

using namespace std::chrono_literals;

constexpr ScannerOptions kOptions{.rescan = 30s, .rescan_fpga = 1s};

class ScanTimesTest : public testing::Test {
 protected:
  ScanTimesTest() { times_.Note({.everything = true}, begin_); }

  const ScanTimes::Time begin_ = ScanTimes::Time() + 1h;
  ScanTimes times_;
};

TEST_F(ScanTimesTest, NothingIsDueBeforeTheInterval) {
  EXPECT_FALSE(times_.Due(kOptions, true, begin_ + 999ms));
  EXPECT_FALSE(times_.Due(kOptions, false, begin_ + 29s));
  EXPECT_EQ(times_.Next(kOptions, true), begin_ + 1s);
  EXPECT_EQ(times_.Next(kOptions, false), begin_ + 30s);
}

// Programs that open and close a queue of IDXD make a uevent each time.
TEST_F(ScanTimesTest, ScansOfOtherFamiliesPutFpgasNotOff) {
  for (auto now = begin_; now < begin_ + 1s; now += 100ms) times_.Note({.families = {"idxd"}, .paths = {"/sys/x"}}, now);
  const auto due = times_.Due(kOptions, true, begin_ + 1s);
  ASSERT_TRUE(due);
  EXPECT_EQ(due->families, (std::set<std::string>{"fpga"}));
  EXPECT_FALSE(due->everything);
  times_.Note(*due, begin_ + 1s);
  EXPECT_FALSE(times_.Due(kOptions, true, begin_ + 1s));
}

TEST_F(ScanTimesTest, AScanOfSomeFpgasPutsTheOthersNotOff) {
  times_.Note({.families = {"fpga"}, .paths = {"/sys/devices/platform/board.0"}}, begin_ + 900ms);
  EXPECT_TRUE(times_.Due(kOptions, true, begin_ + 1s));
}

TEST_F(ScanTimesTest, EverythingIsDueOnItsOwnIntervalAndFpgasAreInIt) {
  times_.Note({.families = {"fpga"}}, begin_ + 29s);
  const auto due = times_.Due(kOptions, true, begin_ + 30s);
  ASSERT_TRUE(due);
  EXPECT_TRUE(due->everything);
  times_.Note(*due, begin_ + 30s);
  EXPECT_FALSE(times_.Due(kOptions, true, begin_ + 30s));
}

TEST_F(ScanTimesTest, BeforeTheFirstScanEverythingIsDue) {
  EXPECT_TRUE(ScanTimes().Due(kOptions, false, begin_)->everything);
}

}  // namespace
}  // namespace nacelle
