// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/socket_name.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <fstream>
#include <set>

#include "core/base/unique_fd.h"
#include "tests/unit/plugin/temporary_folder.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;

UniqueFd Bind(const fs::path& path) {
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  EXPECT_EQ(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  return fd;
}

TEST(SocketNames, NeverRepeatNotEvenInALaterProcess) {
  std::set<std::string> seen;
  for (int process = 0; process < 3; ++process) {
    SocketNames names;
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(seen.insert(names.Next("nacelle.dev/zip")).second);
  }
}

TEST(SocketNames, AreKnownAgainAndNoOthersAre) {
  EXPECT_TRUE(IsOurSocket(SocketNames().Next("nacelle.dev/zip")));
  for (const auto* name : {"kubelet.sock", "nacelle-.sock", "nacelle-0123456g-0000000000000001.sock", "nacelle-01234567x0000000000000001.sock"}) {
    EXPECT_FALSE(IsOurSocket(name)) << name;
  }
}

TEST(SocketNames, AreShortHoweverLongTheResourceIs) {
  EXPECT_LE(SocketNames().Next(std::string(300, 'x')).size(), 40u);
}

TEST(CheckSocketPath, TakesAtMost107Bytes) {
  EXPECT_TRUE(CheckSocketPath("/" + std::string(106, 's')));
  EXPECT_FALSE(CheckSocketPath("/" + std::string(107, 's')));
}

TEST(RemoveStaleSockets, LeavesServedOnesAndThoseOfOthers) {
  TemporaryFolder folder;
  SocketNames names;
  const auto stale = folder.path() / names.Next("a");
  const auto served = folder.path() / names.Next("b");
  const auto foreign = folder.path() / "dsa.sock";
  { const auto fd = Bind(stale); }
  const auto fd = Bind(served);
  ASSERT_EQ(listen(fd.get(), 1), 0);
  { const auto other = Bind(foreign); }
  EXPECT_TRUE(RemoveStaleSockets(folder.path()));
  EXPECT_FALSE(fs::exists(stale));
  EXPECT_TRUE(fs::exists(served));
  EXPECT_TRUE(fs::exists(foreign));
}

TEST(RemoveStaleSockets, TakesAnAbsentFolderForEmpty) { EXPECT_TRUE(RemoveStaleSockets("/nowhere/at/all")); }

}  // namespace
}  // namespace nacelle
