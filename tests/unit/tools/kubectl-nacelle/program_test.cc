// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/program.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "core/base/files.h"

namespace nacelle::kubectl {
namespace {

// A kubectl of a cluster in which no node has an accelerator. It notes what else it is asked.
class ProgramTest : public testing::Test {
 protected:
  ProgramTest() : path_(getenv("PATH")) {
    std::string pattern = testing::TempDir() + "program-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    const auto script = "#!/bin/sh\ncase \"$*\" in\n*nodeaccelerators*) echo '{\"metadata\":{},\"items\":[]}' ;;\n*) echo \"$*\" >>" +
                        asked().string() + " ;;\nesac\n";
    EXPECT_TRUE(WriteFileDurably(folder_ / "kubectl", script));
    std::filesystem::permissions(folder_ / "kubectl", std::filesystem::perms::owner_all);
    setenv("PATH", (folder_.string() + ":" + path_).c_str(), 1);
  }
  ~ProgramTest() override {
    setenv("PATH", path_.c_str(), 1);
    std::filesystem::remove_all(folder_);
  }

  std::filesystem::path asked() const { return folder_ / "asked"; }

 private:
  const std::string path_;
  std::filesystem::path folder_;
};

TEST_F(ProgramTest, FindListsNoNodesWhereNoneIsAnAnswer) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(RunProgram({"find", "zlib"}), 1);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("no node answers"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(asked())) << "of a large cluster that is a long list";
}

}  // namespace
}  // namespace nacelle::kubectl
