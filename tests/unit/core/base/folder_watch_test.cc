// SPDX-License-Identifier: Apache-2.0
#include "core/base/folder_watch.h"

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace nacelle {
namespace {

namespace fs = std::filesystem;

class FolderWatchTest : public testing::Test {
 protected:
  FolderWatchTest() : folder_(fs::path(testing::TempDir()) / ("folder-watch-" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directory(folder_);
  }
  ~FolderWatchTest() override { fs::remove_all(folder_); }

  static bool Tells(const FolderWatch& watch) {
    pollfd fd{watch.fd(), POLLIN, 0};
    return poll(&fd, 1, 0) == 1;
  }

  const fs::path folder_;
};

TEST_F(FolderWatchTest, TellsOfAFileThatIsWrittenOnceItIsClosed) {
  FolderWatch watch(folder_);
  EXPECT_FALSE(Tells(watch));
  std::ofstream file(folder_ / "a");
  file << "half" << std::flush;
  EXPECT_FALSE(Tells(watch));
  file.close();
  EXPECT_TRUE(Tells(watch));
  watch.Rearm();
  EXPECT_FALSE(Tells(watch));
}

TEST_F(FolderWatchTest, TellsOfALinkThatIsReplacedAndOfAFileThatIsRemoved) {
  std::ofstream(folder_ / "a") << "x";
  FolderWatch watch(folder_);
  fs::create_directory_symlink("one", folder_ / "..data_tmp");
  watch.Rearm();
  fs::rename(folder_ / "..data_tmp", folder_ / "..data");
  EXPECT_TRUE(Tells(watch));
  watch.Rearm();
  fs::remove(folder_ / "a");
  EXPECT_TRUE(Tells(watch));
}

TEST_F(FolderWatchTest, AFolderThatIsReplacedIsWatchedAgain) {
  FolderWatch watch(folder_);
  fs::remove_all(folder_);
  EXPECT_TRUE(Tells(watch));
  watch.Rearm();
  EXPECT_EQ(watch.fd(), -1);
  fs::create_directory(folder_);
  watch.Rearm();
  std::ofstream(folder_ / "a") << "x";
  EXPECT_TRUE(Tells(watch));
}

TEST_F(FolderWatchTest, SaysOnceThatThereIsNoWatchToBeHad) {
  testing::internal::CaptureStderr();
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{3, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  FolderWatch watch(folder_);
  watch.Rearm();
  EXPECT_EQ(watch.fd(), -1);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  watch.Rearm();
  EXPECT_GE(watch.fd(), 0);
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("Too many open files"), std::string::npos) << log;
  EXPECT_EQ(log.find("cannot be watched"), log.rfind("cannot be watched"));
}

TEST_F(FolderWatchTest, AFolderThatIsNotThereIsNoNews) {
  testing::internal::CaptureStderr();
  FolderWatch watch(folder_ / "later");
  EXPECT_EQ(watch.fd(), -1);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace nacelle
