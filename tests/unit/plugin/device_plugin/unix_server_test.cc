// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/unix_server.h"

#include <gtest/gtest.h>

#include "tests/unit/plugin/temporary_folder.h"

namespace nacelle {
namespace {

TEST(UnixServer, AFolderThatIsNotThereIsTheReasonAndNothingIsPrinted) {
  TemporaryFolder folder;
  testing::internal::CaptureStderr();
  const auto server = StartUnixServer(folder.path() / "absent" / "a.sock", 4, {});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().message(), (folder.path() / "absent").native() + ": No such file or directory");
}

}  // namespace
}  // namespace nacelle
