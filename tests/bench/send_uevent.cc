// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/send_uevent.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "core/base/unique_fd.h"

namespace nacelle {

void SendUevent(std::string_view devpath, std::string_view subsystem) {
  const std::string path(devpath);
  std::string text = "change@" + path + '\0' + "ACTION=change" + '\0' + "DEVPATH=" + path + '\0' + "SUBSYSTEM=";
  text.append(subsystem) += '\0';

  nlmsghdr header{};
  header.nlmsg_len = static_cast<std::uint32_t>(NLMSG_LENGTH(text.size()));
  header.nlmsg_type = NLMSG_MIN_TYPE;
  header.nlmsg_flags = NLM_F_REQUEST;
  std::string message(NLMSG_HDRLEN, '\0');
  std::memcpy(message.data(), &header, sizeof(header));
  message += text;

  const UniqueFd fd(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT));
  if (!fd || send(fd.get(), message.data(), message.size(), 0) < 0) {
    throw std::system_error(errno, std::generic_category(), "send a uevent");
  }
}

}  // namespace nacelle
