// SPDX-License-Identifier: Apache-2.0
#include "core/base/wakeup.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <thread>

#include <gtest/gtest.h>

namespace nacelle {
namespace {

using namespace std::chrono_literals;

struct Pipe {
  Pipe() {
    std::array<int, 2> fds{};
    EXPECT_EQ(pipe2(fds.data(), O_CLOEXEC), 0);
    in = UniqueFd(fds[0]);
    out = UniqueFd(fds[1]);
  }
  UniqueFd in;
  UniqueFd out;
};

TEST(WaitReadable, ReturnsWhenDataArrives) {
  const Pipe pipe;
  ASSERT_EQ(write(pipe.out.get(), "x", 1), 1);
  const std::array fds{pipe.in.get()};
  const auto woken = WaitReadable(fds, 1min, {});
  ASSERT_TRUE(woken);
  EXPECT_EQ(*woken, Woken::kReadable);
}

TEST(WaitReadable, EndsAtItsTimeout) {
  const auto woken = WaitReadable({}, 1ms, {});
  ASSERT_TRUE(woken);
  EXPECT_EQ(*woken, Woken::kTimeout);
}

TEST(WaitReadable, EndsWhenStoppedFromAnotherThread) {
  std::stop_source stop;
  const std::jthread stopper([&] { stop.request_stop(); });
  const auto woken = WaitReadable({}, 1min, stop.get_token());
  ASSERT_TRUE(woken);
  EXPECT_EQ(*woken, Woken::kStopped);
}

}  // namespace
}  // namespace nacelle
