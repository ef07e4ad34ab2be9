// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/socket_watch.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <fstream>
#include <optional>

#include "core/base/wakeup.h"
#include "tests/unit/plugin/temporary_folder.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;

void MakeSocket(const fs::path& path) {
  fs::remove(path);
  const UniqueFd fd(socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

bool IsReadable(int fd) {
  const std::array fds{fd};
  const auto woken = WaitReadable(fds, std::chrono::milliseconds(0), {});
  return woken && *woken == Woken::kReadable;
}

TEST(SocketWatch, TellsOfASocketOnce) {
  TemporaryFolder folder;
  const auto socket = folder.path() / "kubelet.sock";
  SocketWatch watch(socket);
  EXPECT_FALSE(watch.IsNew());
  MakeSocket(socket);
  EXPECT_TRUE(IsReadable(watch.fd()));
  EXPECT_TRUE(watch.IsNew());
  EXPECT_TRUE(watch.exists());
  EXPECT_FALSE(watch.IsNew());
  EXPECT_FALSE(IsReadable(watch.fd()));
}

TEST(SocketWatch, TellsOfARecreatedSocketWhateverItsInode) {
  TemporaryFolder folder;
  const auto socket = folder.path() / "kubelet.sock";
  MakeSocket(socket);
  SocketWatch watch(socket);
  EXPECT_TRUE(watch.IsNew());
  for (int i = 0; i < 3; ++i) {
    MakeSocket(socket);
    EXPECT_TRUE(watch.IsNew());
  }
}

TEST(SocketWatch, AFileOfThatNameIsNoSocket) {
  TemporaryFolder folder;
  const auto socket = folder.path() / "kubelet.sock";
  std::ofstream(socket) << "text";
  SocketWatch watch(socket);
  EXPECT_FALSE(watch.IsNew());
  EXPECT_FALSE(watch.exists());
}

TEST(SocketWatch, WatchesAFolderThatComesLaterOrAnew) {
  TemporaryFolder folder;
  const auto inner = folder.path() / "device-plugins";
  SocketWatch watch(inner / "kubelet.sock");
  EXPECT_EQ(watch.fd(), -1);
  for (int i = 0; i < 2; ++i) {
    fs::create_directory(inner);
    EXPECT_FALSE(watch.IsNew());
    ASSERT_GE(watch.fd(), 0);
    MakeSocket(inner / "kubelet.sock");
    EXPECT_TRUE(IsReadable(watch.fd()));
    EXPECT_TRUE(watch.IsNew());
    fs::remove_all(inner);
    EXPECT_FALSE(watch.IsNew());
  }
}

// While it lives, no file can be opened.
class NoDescriptorsLeft {
 public:
  NoDescriptorsLeft() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const UniqueFd next(open("/dev/null", O_RDONLY | O_CLOEXEC));
    const rlimit none{static_cast<rlim_t>(next.get()), before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptorsLeft() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptorsLeft(const NoDescriptorsLeft&) = delete;
  NoDescriptorsLeft& operator=(const NoDescriptorsLeft&) = delete;

 private:
  rlimit before_{};
};

TEST(SocketWatch, WithoutInotifyItSeesTheSocketWhenItLooksAndWatchesOnceItCan) {
  TemporaryFolder folder;
  const auto socket = folder.path() / "kubelet.sock";
  MakeSocket(socket);
  std::optional<SocketWatch> watch;
  {
    const NoDescriptorsLeft none;
    watch.emplace(socket);
    EXPECT_EQ(watch->fd(), -1);
    EXPECT_TRUE(watch->IsNew());
  }
  MakeSocket(socket);
  EXPECT_TRUE(watch->IsNew());
  EXPECT_GE(watch->fd(), 0);
}

}  // namespace
}  // namespace nacelle
