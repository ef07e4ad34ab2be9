// SPDX-License-Identifier: Apache-2.0
#include "core/base/folder_watch.h"

#include <poll.h>
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

}  // namespace
}  // namespace nacelle
