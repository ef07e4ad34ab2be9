// SPDX-License-Identifier: Apache-2.0
#include "core/http/server.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

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

UniqueFd Connect(int port) {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = Loopback(port);
  EXPECT_EQ(connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  return fd;
}

// All that comes back for `request`.
std::string Ask(int port, const std::string& request) {
  const auto fd = Connect(port);
  EXPECT_EQ(send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL), static_cast<ssize_t>(request.size()));
  std::string answer;
  std::array<char, 1024> buffer{};
  ssize_t n = 0;
  while ((n = read(fd.get(), buffer.data(), buffer.size())) > 0) answer.append(buffer.data(), static_cast<std::size_t>(n));
  return answer;
}

std::string Get(int port, const std::string& path) {
  return Ask(port, "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}

// This thread and those that it starts live on a kernel without IPv6.
bool HaveNoIpv6() {
  std::array filter{
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
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

TEST(HttpServer, HeadGetsTheHeaderAlone) {
  const int port = FreePort();
  const auto server = HttpServer::Create("127.0.0.1:" + std::to_string(port), Fixed());
  const auto answer = Ask(port, "HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(answer.find("200 OK"), std::string::npos);
  EXPECT_NE(answer.find("Content-Length: 12\r\n"), std::string::npos);
  EXPECT_EQ(answer.find("nacelle_x"), std::string::npos);
}

TEST(HttpServer, OtherMethodsAreToldWhatThereIs) {
  const int port = FreePort();
  const auto server = HttpServer::Create("127.0.0.1:" + std::to_string(port), Fixed());
  const auto answer = Ask(port, "DELETE /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(answer.find("405"), std::string::npos);
  EXPECT_NE(answer.find("Allow: GET, HEAD"), std::string::npos);
}

TEST(HttpServer, AHeaderWithoutEndIsCutOff) {
  const int port = FreePort();
  const auto server = HttpServer::Create("127.0.0.1:" + std::to_string(port), Fixed());
  const auto fd = Connect(port);
  const std::string line = "X-Y: " + std::string(1000, 'z') + "\r\n";
  const std::string begin = "GET /metrics HTTP/1.1\r\n";
  ASSERT_EQ(send(fd.get(), begin.data(), begin.size(), MSG_NOSIGNAL), static_cast<ssize_t>(begin.size()));
  std::size_t taken = 0;
  while (taken < (64U << 20) && send(fd.get(), line.data(), line.size(), MSG_NOSIGNAL) > 0) taken += line.size();
  EXPECT_LT(taken, 64U << 20);
}

// Whoever comes and says nothing must not keep a probe from its answer.
TEST(HttpServer, HundredsOfIdleConnectionsKeepNobodyFromAnAnswer) {
  const int port = FreePort();
  const auto server = HttpServer::Create("127.0.0.1:" + std::to_string(port), Fixed());
  std::vector<UniqueFd> idle;
  for (int i = 0; i < 500; ++i) idle.push_back(Connect(port));
  EXPECT_NE(Get(port, "/healthz").find("200 OK"), std::string::npos);
  std::size_t open = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) open += entry.path().empty() ? 0 : 1;
  EXPECT_LT(open, 500U + 64U + 50U);
}

TEST(HttpServer, AllAddressesAreThoseOfIpv4Too) {
  const int port = FreePort();
  const auto server = HttpServer::Create("[::]:" + std::to_string(port), Fixed());
  if (!server) GTEST_SKIP() << "no IPv6 here: " << server.error().message();
  EXPECT_NE(Get(port, "/healthz").find("200 OK"), std::string::npos);
}

TEST(HttpServer, WithoutIpv6AllAddressesAreThoseOfIpv4) {
  std::thread([] {
    if (!HaveNoIpv6()) GTEST_SKIP() << "no seccomp here";
    const int port = FreePort();
    const auto server = HttpServer::Create("[::]:" + std::to_string(port), Fixed());
    ASSERT_TRUE(server) << server.error().message();
    EXPECT_NE(Get(port, "/healthz").find("200 OK"), std::string::npos);
  }).join();
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
