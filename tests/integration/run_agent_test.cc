// SPDX-License-Identifier: Apache-2.0
#include "agent/command/run.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <gtest/gtest.h>

#include "agent/command/state_lock.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

TEST(RunAgent, WhileItWaitsForTheLockAHangupDoesNotEndItAndATerminationDoes) {
  const FakeHost host{};
  const auto lock = StateLock::Take(host.folder() / "state", false, {});
  ASSERT_TRUE(lock);
  const pid_t agent = fork();
  ASSERT_GE(agent, 0);
  if (agent == 0) {
    RunOptions options;
    options.state_dir = host.folder() / "state";
    options.take_over = true;
    _exit(RunAgent(options) ? 0 : 1);
  }
  ASSERT_TRUE((*lock)->AwaitRequest({}));
  kill(agent, SIGHUP);
  kill(agent, SIGTERM);
  int status = 0;
  ASSERT_EQ(waitpid(agent, &status, 0), agent);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

}  // namespace
}  // namespace nacelle
