// SPDX-License-Identifier: Apache-2.0
#include "core/base/failure_log.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace nacelle {
namespace {

Status Failed(const std::string& reason) { return Error(Code::kUnavailable, reason); }

// The lines that are logged when it goes as said.
std::vector<std::string> LinesOf(const std::vector<Status>& times) {
  testing::internal::CaptureStderr();
  FailureLog failures("it cannot be read");
  for (const auto& status : times) failures.Note(status);
  std::vector<std::string> lines;
  std::istringstream text(testing::internal::GetCapturedStderr());
  for (std::string line; std::getline(text, line);) lines.push_back(line.substr(line.find("level=")));
  return lines;
}

TEST(FailureLog, AFailureThatLastsIsLoggedOnceWithItsReason) {
  EXPECT_EQ(LinesOf({Failed("gone"), Failed("gone"), Failed("gone")}),
            (std::vector<std::string>{R"(level=warning msg="it cannot be read" reason=gone)"}));
}

TEST(FailureLog, AnotherReasonIsNewsOnce) {
  EXPECT_EQ(LinesOf({Failed("gone"), Failed("late"), Failed("gone"), Failed("late")}).size(), 2u);
}

TEST(FailureLog, ReasonsThatAreAlwaysOthersAreNotKeptForever) {
  std::vector<Status> times;
  for (int i = 0; i < 100; ++i) times.push_back(Failed(std::to_string(i)));
  times.push_back(Failed("0"));
  EXPECT_EQ(LinesOf(times).size(), 101u);
}

TEST(FailureLog, AfterASuccessTheSameIsNews) { EXPECT_EQ(LinesOf({Failed("gone"), {}, Failed("gone")}).size(), 2u); }

TEST(FailureLog, SuccessesAreSilent) { EXPECT_TRUE(LinesOf({{}, {}}).empty()); }

}  // namespace
}  // namespace nacelle
