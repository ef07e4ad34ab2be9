// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/view_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "core/base/files.h"
#include "tests/unit/plugin/temporary_folder.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;

ino_t InodeOf(const fs::path& path) {
  struct stat status {};
  lstat(path.c_str(), &status);
  return status.st_ino;
}

View Example() { return {{{"sys-class-uacce", {{"a", "../a"}, {"b", "../b"}}}}, "{}\n"}; }

TEST(WriteView, MakesLinksAndDescription) {
  TemporaryFolder folder;
  const auto path = folder.path() / "views" / "v";
  ASSERT_TRUE(WriteView(path, Example()));
  EXPECT_EQ(fs::read_symlink(path / "sys-class-uacce" / "a"), "../a");
  EXPECT_EQ(*ReadFile(path / "run-nacelle" / "functions.json", 100), "{}\n");
  EXPECT_EQ(*ListFolder(path), (std::vector<std::string>{"run-nacelle", "sys-class-uacce"}));
}

TEST(WriteView, AgainTouchesNothing) {
  TemporaryFolder folder;
  const auto path = folder.path() / "v";
  ASSERT_TRUE(WriteView(path, Example()));
  const auto link = InodeOf(path / "sys-class-uacce" / "a");
  const auto text = InodeOf(path / "run-nacelle" / "functions.json");
  ASSERT_TRUE(WriteView(path, Example()));
  EXPECT_EQ(InodeOf(path / "sys-class-uacce" / "a"), link);
  EXPECT_EQ(InodeOf(path / "run-nacelle" / "functions.json"), text);
}

TEST(WriteView, ALinkInPlaceOfAFolderIsRefusedAndNotFollowed) {
  TemporaryFolder folder;
  const auto path = folder.path() / "v";
  const auto other = folder.path() / "other";
  fs::create_directories(other / "kept");
  ASSERT_TRUE(WriteView(path, Example()));
  fs::remove_all(path / "sys-class-uacce");
  fs::create_directory_symlink(other, path / "sys-class-uacce");
  const auto status = WriteView(path, Example());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(), (path / "sys-class-uacce").native() + ": not a folder; remove it");
  EXPECT_EQ(*ListFolder(other), std::vector<std::string>{"kept"});
}

TEST(WriteView, UpdatesInPlaceAndRemovesWhatIsNotOfIt) {
  TemporaryFolder folder;
  const auto path = folder.path() / "v";
  ASSERT_TRUE(WriteView(path, Example()));
  const auto mounted = InodeOf(path / "sys-class-uacce");
  fs::create_symlink("x", path / "sys-class-uacce" / "foreign");
  const View changed{{{"sys-class-uacce", {{"a", "../other"}}}}, "{\"version\": 1}\n"};
  ASSERT_TRUE(WriteView(path, changed));
  EXPECT_EQ(InodeOf(path / "sys-class-uacce"), mounted);
  EXPECT_EQ(*ListFolder(path / "sys-class-uacce"), std::vector<std::string>{"a"});
  EXPECT_EQ(fs::read_symlink(path / "sys-class-uacce" / "a"), "../other");
  EXPECT_EQ(*ReadFile(path / "run-nacelle" / "functions.json", 100), "{\"version\": 1}\n");
}

TEST(WriteView, SurvivesWhatACrashLeft) {
  TemporaryFolder folder;
  const auto path = folder.path() / "v";
  fs::create_directories(path);
  std::ofstream(path / ".new") << "half";
  EXPECT_TRUE(WriteView(path, Example()));
  EXPECT_FALSE(fs::exists(path / ".new"));
}

TEST(WriteView, NamesWhatIsInTheWay) {
  TemporaryFolder folder;
  std::ofstream(folder.path() / "v") << "a file";
  const auto status = WriteView(folder.path() / "v", Example());
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message().find("v"), std::string::npos);
}

}  // namespace
}  // namespace nacelle
