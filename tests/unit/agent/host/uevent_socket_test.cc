// SPDX-License-Identifier: Apache-2.0
#include "agent/host/uevent_socket.h"

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace nacelle {
namespace {

using namespace std::string_literals;

TEST(UeventSocket, TakesWhatIsThereWithoutWaiting) {
  auto socket = UeventSocket::Open();
  if (!socket) GTEST_SKIP() << socket.error().message();
  socket->Take();
}

TEST(UeventSocket, HearsNobodyButTheKernel) {
  auto heard = UeventSocket::Open();
  if (!heard) GTEST_SKIP() << heard.error().message();
  const UniqueFd liar(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT));
  sockaddr_nl group{};
  group.nl_family = AF_NETLINK;
  group.nl_groups = 1;
  const auto message = "add@/devices/lie\0ACTION=add\0SUBSYSTEM=lie\0"s;
  if (sendto(liar.get(), message.data(), message.size(), 0, reinterpret_cast<sockaddr*>(&group), sizeof(group)) < 0) {
    GTEST_SKIP() << "only root may send to the group";
  }
  for (const auto& event : heard->Take().events) EXPECT_NE(event.subsystem, "lie");
}

}  // namespace
}  // namespace nacelle
