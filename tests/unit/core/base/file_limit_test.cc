// SPDX-License-Identifier: Apache-2.0
#include "core/base/file_limit.h"

#include <sys/resource.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace nacelle {
namespace {

rlim_t SoftLimitAfterRaise(const rlimit& given) {
  rlimit limit = given;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  RaiseFileLimit();
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

// In processes of their own: a hard limit comes back for root only.
TEST(RaiseFileLimit, GoesUpToTheHardLimit) {
  EXPECT_EXIT(_exit(SoftLimitAfterRaise({50, 100}) == 100 ? 0 : 1), testing::ExitedWithCode(0), "");
}

TEST(RaiseFileLimit, LeavesWhatIsThereAlready) {
  EXPECT_EXIT(_exit(SoftLimitAfterRaise({100, 100}) == 100 ? 0 : 1), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace nacelle
