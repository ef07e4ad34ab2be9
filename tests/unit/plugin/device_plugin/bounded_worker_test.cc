// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/bounded_worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <semaphore>
#include <string>
#include <thread>

namespace nacelle {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(BoundedWorker, GivesTheResultOfTheWork) {
  BoundedWorker worker("test");
  EXPECT_TRUE(worker.Do(seconds(10), [] { return Status(); }));
  EXPECT_EQ(worker.Do(seconds(10), [] { return Status(Error(Code::kDenied, "no")); }).error().message(), "no");
}

TEST(BoundedWorker, GivesUpOnHangingWorkAndDropsWhatWaitsBehindIt) {
  std::promise<void> release;
  const auto released = release.get_future().share();
  std::atomic<bool> second = false;
  {
    BoundedWorker worker("test");
    const auto hung = worker.Do(milliseconds(20), [released] {
      released.wait();
      return Status();
    });
    EXPECT_EQ(hung.error().code(), Code::kUnavailable);
    EXPECT_FALSE(worker.Do(milliseconds(20), [&second] {
      second = true;
      return Status();
    }));
    release.set_value();
    EXPECT_TRUE(worker.Do(seconds(10), [] { return Status(); }));
  }
  EXPECT_FALSE(second);
}

TEST(BoundedWorker, ACallerThatIsToStopDoesNotWaitForHangingWork) {
  std::binary_semaphore release(0);
  BoundedWorker worker("test");
  std::stop_source stop;
  stop.request_stop();
  const auto status = worker.Do(
      std::chrono::minutes(1),
      [&] {
        release.acquire();
        return Status();
      },
      stop.get_token());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), Code::kUnavailable);
  release.release();
}

TEST(BoundedWorker, DoesWhatIsToBeDoneSoonBeforeWhatIsAskedForLater) {
  BoundedWorker worker("test");
  std::atomic<int> soon = 0;
  worker.Soon([&soon] { ++soon; });
  int seen = 0;
  EXPECT_TRUE(worker.Do(seconds(10), [&] {
    seen = soon;
    return Status();
  }));
  EXPECT_EQ(seen, 1);
}

TEST(BoundedWorker, DoesWhatIsToBeDoneSoonBeforeAJobThatCameAfterItWhileAnotherRan) {
  BoundedWorker worker("test");
  std::binary_semaphore running(0);
  std::binary_semaphore release(0);
  std::string order;  // of the worker's thread
  const std::jthread first([&] {
    (void)worker.Do(seconds(10), [&] {
      running.release();
      release.acquire();
      return Status();
    });
  });
  running.acquire();
  worker.Soon([&] { order += "soon "; });
  std::binary_semaphore asked(0);
  std::jthread second([&] {
    asked.release();
    EXPECT_TRUE(worker.Do(seconds(10), [&] {
      order += "job";
      return Status();
    }));
  });
  asked.acquire();
  // Whether the second job is in the queue by now does not matter for the order.
  release.release();
  second.join();
  EXPECT_EQ(order, "soon job");
}

TEST(BoundedWorker, EndsOnlyWhenAllIsDone) {
  std::atomic<int> done = 0;
  {
    BoundedWorker worker("test");
    worker.Soon([&done] { ++done; });
  }
  EXPECT_EQ(done, 1);
}

}  // namespace
}  // namespace nacelle
