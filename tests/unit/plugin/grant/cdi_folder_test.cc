// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/cdi_folder.h"

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "tests/unit/plugin/temporary_folder.h"

namespace nacelle {
namespace {

TEST(CdiFolder, WritesOneFileASpecAndLeavesNothingElse) {
  const TemporaryFolder temporary;
  const auto path = temporary.path() / "run" / "cdi";
  const CdiFolder folder(path, "claim");
  ASSERT_TRUE(folder.Write("u1", "one"));
  ASSERT_TRUE(folder.Write("u1", "two"));
  EXPECT_EQ(*ListFolder(path), std::vector<std::string>{"nacelle.dev-claim-u1.json"});
  EXPECT_EQ(*ReadFile(folder.PathOf("u1"), 100), "two");
  EXPECT_EQ(folder.kind(), "nacelle.dev/claim");
}

TEST(CdiFolder, RemovesOnlyItsOwnClass) {
  const TemporaryFolder temporary;
  const CdiFolder claims(temporary.path(), "claim");
  const CdiFolder grants(temporary.path(), "grant");
  ASSERT_TRUE(claims.Write("a", "x"));
  ASSERT_TRUE(claims.Write("b", "x"));
  ASSERT_TRUE(grants.Write("c", "x"));
  ASSERT_TRUE(ReplaceFile(temporary.path() / "vendor.json", "x"));
  ASSERT_TRUE(claims.RemoveOthers({"a"}));
  EXPECT_EQ(*ListFolder(temporary.path()),
            (std::vector<std::string>{"nacelle.dev-claim-a.json", "nacelle.dev-grant-c.json", "vendor.json"}));
}

TEST(CdiFolder, AnAbsentFolderHasNothingToRemove) {
  const TemporaryFolder temporary;
  const CdiFolder folder(temporary.path() / "none", "claim");
  EXPECT_TRUE(folder.Remove("a"));
  EXPECT_TRUE(folder.RemoveOthers({}));
}

TEST(CdiFolder, SaysWhichFileCannotBeWritten) {
  const TemporaryFolder temporary;
  ASSERT_TRUE(ReplaceFile(temporary.path() / "file", "x"));
  const auto status = CdiFolder(temporary.path() / "file", "claim").Write("a", "x");
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message().find("/file"), std::string::npos) << status.error().message();
}

}  // namespace
}  // namespace nacelle
