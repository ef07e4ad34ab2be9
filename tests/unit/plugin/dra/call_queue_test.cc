// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/call_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace nacelle {
namespace {

TEST(CallQueue, DoesWhatIsLeftBeforeItEnds) {
  std::atomic<int> done = 0;
  {
    CallQueue queue("test", 2);
    for (int i = 0; i < 100; ++i) queue.Add([&] { ++done; });
  }
  EXPECT_EQ(done, 100);
}

TEST(CallQueue, WorksSideBySideUpToItsNumberOfThreads) {
  std::promise<void> open;
  const auto opened = open.get_future().share();
  std::atomic<int> begun = 0;
  std::atomic<bool> is_open = false, too_many = false;
  std::promise<void> two;
  {
    CallQueue queue("test", 2);
    for (int i = 0; i < 5; ++i) {
      queue.Add([&, opened] {
        const int now = ++begun;
        if (now > 2) too_many = true;
        if (now == 2 && !is_open) two.set_value();
        opened.wait();
        --begun;
      });
    }
    two.get_future().wait();
    EXPECT_EQ(begun, 2);
    is_open = true;
    open.set_value();
  }
  EXPECT_EQ(begun, 0);
  EXPECT_FALSE(too_many);
}

TEST(CallQueue, OneThreadKeepsTheOrder) {
  std::vector<int> order;
  {
    CallQueue queue("test", 1);
    for (int i = 0; i < 10; ++i) queue.Add([&, i] { order.push_back(i); });
  }
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

}  // namespace
}  // namespace nacelle
