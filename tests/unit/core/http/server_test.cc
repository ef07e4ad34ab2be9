// SPDX-License-Identifier: Apache-2.0
#include "core/http/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "core/base/unique_fd.h"

namespace nacelle {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

int FreePort() {
  const UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  auto address = Loopback(0);
  socklen_t size = sizeof(address);
  EXPECT_EQ(bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  return ntohs(address.sin_port);
}

std::string Get(int port, const std::string& path) {
  const UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = Loopback(port);
  EXPECT_EQ(connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  const std::string request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(write(fd.get(), request.data(), request.size()), static_cast<ssize_t>(request.size()));
  std::string answer;
  std::array<char, 1024> buffer{};
  ssize_t n = 0;
  while ((n = read(fd.get(), buffer.data(), buffer.size())) > 0) answer.append(buffer.data(), static_cast<std::size_t>(n));
  return answer;
}

HttpServer::Handlers Fixed() {
  return {[] { return HttpAnswer{200, "ok\n"}; }, [] { return HttpAnswer{503, "waiting\n"}; },
          [] { return HttpAnswer{200, "nacelle_x 1\n", "text/plain; version=0.0.4"}; }};
}

TEST(HttpServer, AnswersItsThreePaths) {
  const int port = FreePort();
  const auto server = HttpServer::Create("127.0.0.1:" + std::to_string(port), Fixed());
  ASSERT_TRUE(server) << server.error().message();
  EXPECT_NE(Get(port, "/healthz").find("200 OK"), std::string::npos);
  EXPECT_NE(Get(port, "/readyz").find("503"), std::string::npos);
  EXPECT_NE(Get(port, "/metrics").find("nacelle_x 1"), std::string::npos);
  EXPECT_NE(Get(port, "/else").find("404"), std::string::npos);
}

TEST(HttpServer, AnAddressThatIsNoneIsRefusedWithAnExample) {
  for (const std::string address : {"", "9440", "host", "h:", "h:0", "h:70000", "h:12x"}) {
    const auto server = HttpServer::Create(address, Fixed());
    ASSERT_FALSE(server) << address;
    EXPECT_EQ(server.error().code(), Code::kInvalid);
    EXPECT_NE(server.error().message().find("127.0.0.1:9440"), std::string::npos);
  }
}

TEST(HttpServer, APortThatIsTakenIsUnavailable) {
  const int port = FreePort();
  const auto address = "127.0.0.1:" + std::to_string(port);
  const auto first = HttpServer::Create(address, Fixed());
  ASSERT_TRUE(first);
  const auto second = HttpServer::Create(address, Fixed());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace nacelle
