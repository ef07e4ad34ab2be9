// SPDX-License-Identifier: Apache-2.0
#include "agent/host/uevent_socket.h"

#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace nacelle {
namespace {

constexpr unsigned kKernelGroup = 1;     // group 2 is udev's
constexpr int kMaxMessages = 1000;
constexpr std::size_t kMaxMessage = 8192;  // the kernel's are at most 2 KiB and a head

}  // namespace

Result<UeventSocket> UeventSocket::Open() {
  UniqueFd fd(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
  if (!fd) return ErrnoError(errno, "netlink socket for uevents");
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = kKernelGroup;
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return ErrnoError(errno, "netlink socket for uevents");
  }
  return UeventSocket(std::move(fd));
}

UeventBatch UeventSocket::Take() {
  UeventBatch batch;
  std::array<char, kMaxMessage> buffer;
  for (int i = 0; i < kMaxMessages; ++i) {
    sockaddr_nl sender{};
    socklen_t length = sizeof(sender);
    const ssize_t n = recvfrom(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT,
                               reinterpret_cast<sockaddr*>(&sender), &length);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      batch.lost = batch.lost || (errno != EAGAIN && errno != EWOULDBLOCK);
      return batch;
    }
    if (sender.nl_pid != 0) continue;  // any process may send; only the kernel is pid 0
    auto event = ParseUevent(std::string_view(buffer.data(), static_cast<std::size_t>(n)));
    if (event) batch.events.push_back(*std::move(event));
  }
  batch.lost = true;
  return batch;
}

}  // namespace nacelle
