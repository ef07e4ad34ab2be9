// SPDX-License-Identifier: Apache-2.0
#include "core/base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "core/base/unique_fd.h"
#include "tests/support/traced_child.h"

namespace nacelle {
namespace {

#ifdef SYS_rename
constexpr long kRename = SYS_rename;
#else
constexpr long kRename = SYS_renameat;  // arm64 has no other
#endif

class Files : public testing::Test {
 protected:
  Files() {
    std::string pattern = testing::TempDir() + "files-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~Files() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(Files, WhatIsWrittenIsRead) {
  ASSERT_TRUE(WriteFileDurably(folder_ / "a", "one"));
  ASSERT_TRUE(WriteFileDurably(folder_ / "a", "two"));
  const auto contents = ReadFile(folder_ / "a", 10);
  ASSERT_TRUE(contents);
  EXPECT_EQ(*contents, "two");
}

TEST_F(Files, WritingLeavesNoTemporaryFile) {
  ASSERT_TRUE(WriteFileDurably(folder_ / "a", "one"));
  const auto names = ListFolder(folder_);
  ASSERT_TRUE(names);
  EXPECT_EQ(*names, std::vector<std::string>{"a"});
}

TEST_F(Files, ReplacingLeavesTheNewContentsAndNoTemporaryFile) {
  ASSERT_TRUE(ReplaceFile(folder_ / "a", "one"));
  ASSERT_TRUE(ReplaceFile(folder_ / "a", "two"));
  EXPECT_EQ(*ReadFile(folder_ / "a", 10), "two");
  EXPECT_EQ(*ListFolder(folder_), std::vector<std::string>{"a"});
}

TEST_F(Files, AFileOverTheLimitIsRefused) {
  std::ofstream(folder_ / "big") << std::string(11, 'x');
  const auto contents = ReadFile(folder_ / "big", 10);
  ASSERT_FALSE(contents);
  EXPECT_EQ(contents.error().code(), Code::kInvalid);
}

TEST_F(Files, AFifoInThePlaceOfAFileDoesNotHang) {
  ASSERT_EQ(mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  EXPECT_TRUE(ReadFile(folder_ / "fifo", 10));
}

TEST_F(Files, AMissingFileIsNotFoundAndNamed) {
  const auto contents = ReadFile(folder_ / "none", 10);
  ASSERT_FALSE(contents);
  EXPECT_EQ(contents.error().code(), Code::kNotFound);
  EXPECT_NE(contents.error().message().find("none"), std::string::npos);
}

TEST_F(Files, AFailedWriteKeepsWhatWasThere) {
  std::filesystem::create_directory(folder_ / "taken");
  EXPECT_FALSE(WriteFileDurably(folder_ / "taken", "x"));
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "taken"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "taken.new"));
}

// What power loss leaves is a whole file only then.
TEST_F(Files, AFileIsSyncedBeforeItIsRenamedAndItsFolderAfterwards) {
  if (!CanTrace()) GTEST_SKIP() << "this process may not trace its children";
  TracedChild child([&] { return WriteFileDurably(folder_ / "a", "one").ok(); });
  std::string calls;
  for (auto call = child.Next(); call; call = child.Next()) {
    if (*call == SYS_fsync) calls += "fsync ";
    if (*call == SYS_renameat || *call == SYS_renameat2 || *call == kRename) calls += "rename ";
  }
  EXPECT_TRUE(child.succeeded());
  EXPECT_EQ(calls, "fsync rename fsync ");
}

TEST_F(Files, AFileInAFolderThatIsMissingIsNotFound) {
  EXPECT_EQ(WriteFileDurably(folder_ / "none" / "a", "one").error().code(), Code::kNotFound);
}

TEST_F(Files, AUsersFileIsReplacedAsAWholeAndLeavesNoTemporaryFile) {
  ASSERT_TRUE(WriteUserFile(folder_ / "a", "one"));
  ASSERT_TRUE(WriteUserFile(folder_ / "a", "two"));
  EXPECT_EQ(*ReadFile(folder_ / "a", 10), "two");
  EXPECT_EQ(*ListFolder(folder_), std::vector<std::string>{"a"});
}

TEST_F(Files, AFifoThatTheUserNamesIsWrittenAndStays) {
  const auto fifo = folder_ / "fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const UniqueFd reader(open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  ASSERT_TRUE(WriteUserFile(fifo, "one"));
  std::string text(10, ' ');
  EXPECT_EQ(read(reader.get(), text.data(), text.size()), 3);
  EXPECT_TRUE(std::filesystem::is_fifo(fifo));
  EXPECT_EQ(*ListFolder(folder_), std::vector<std::string>{"fifo"});
}

TEST_F(Files, ALinkThatTheUserNamesStaysAndItsTargetIsWritten) {
  std::filesystem::create_symlink("target", folder_ / "link");
  ASSERT_TRUE(WriteUserFile(folder_ / "link", "one"));
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "link"));
  EXPECT_EQ(*ReadFile(folder_ / "target", 10), "one");
}

TEST_F(Files, ALinkInThePlaceOfATemporaryFileIsNotFollowed) {
  std::filesystem::create_symlink("victim", folder_ / "a.new");
  ASSERT_TRUE(WriteUserFile(folder_ / "a", "one"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "victim"));
  EXPECT_EQ(*ReadFile(folder_ / "a", 10), "one");
}

TEST_F(Files, AFolderIsNoFileToWrite) {
  const auto status = WriteUserFile(folder_, "one");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(), folder_.native() + ": is a directory");
}

TEST_F(Files, TreesAreMadeAndRemoved) {
  ASSERT_TRUE(MakeFolders(folder_ / "x/y/z"));
  ASSERT_TRUE(RemoveTree(folder_ / "x"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x"));
  EXPECT_TRUE(RemoveTree(folder_ / "x"));
}

}  // namespace
}  // namespace nacelle
