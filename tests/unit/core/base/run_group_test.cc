// SPDX-License-Identifier: Apache-2.0
#include "core/base/run_group.h"

#include <condition_variable>
#include <mutex>

#include <gtest/gtest.h>

namespace nacelle {
namespace {

// Sleeps until asked to stop.
Status UntilStopped(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait(lock, stop, [] { return false; });
  return {};
}

TEST(RunGroup, OneThatFailsStopsTheOthersAndIsNamed) {
  RunGroup group;
  group.Start("patient", UntilStopped);
  group.Start("broken", [](const std::stop_token&) { return Status(Error(Code::kInternal, "lost")); });
  const auto status = group.Wait();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(), "broken: lost");
}

TEST(RunGroup, StopEndsAll) {
  RunGroup group;
  group.Start("a", UntilStopped);
  group.Start("b", UntilStopped);
  group.Stop();
  EXPECT_TRUE(group.Wait());
}

}  // namespace
}  // namespace nacelle
