// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_connection.h"

#include <strings.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace nacelle {
namespace {

std::size_t ContentLength(const std::string& headers) {
  constexpr std::string_view kName = "\r\ncontent-length:";
  for (std::size_t at = 0; at + kName.size() < headers.size(); ++at) {
    if (strncasecmp(headers.c_str() + at, kName.data(), kName.size()) == 0) {
      return std::strtoul(headers.c_str() + at + kName.size(), nullptr, 10);
    }
  }
  return 0;
}

}  // namespace

bool HttpConnection::Fill() {
  std::array<char, 16384> bytes{};
  const ssize_t n = recv(socket_, bytes.data(), bytes.size(), 0);
  if (n <= 0) return false;
  text_.append(bytes.data(), static_cast<std::size_t>(n));
  return true;
}

std::optional<HttpRequest> HttpConnection::Read() {
  std::size_t head = 0;
  while ((head = text_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return std::nullopt;
  }
  HttpRequest request;
  request.headers = text_.substr(0, head + 2);
  const auto length = ContentLength(request.headers);
  while (text_.size() < head + 4 + length) {
    if (!Fill()) return std::nullopt;
  }
  request.body = text_.substr(head + 4, length);
  text_.erase(0, head + 4 + length);
  const auto first = request.headers.find(' ');
  const auto second = request.headers.find(' ', first + 1);
  request.method = request.headers.substr(0, first);
  const auto target = request.headers.substr(first + 1, second - first - 1);
  const auto mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string::npos) request.query = target.substr(mark + 1);
  return request;
}

bool HttpConnection::Write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool HttpConnection::Reply(int status, std::string_view body, std::string_view headers) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: application/json\r\nContent-Length: " +
                     std::to_string(body.size()) + "\r\n";
  text += headers;
  text += "\r\n";
  text += body;
  return Write(text);
}

bool HttpConnection::BeginChunks() {
  return Write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
}

bool HttpConnection::Chunk(std::string_view text) {
  std::array<char, 32> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", text.size());
  return Write(std::string(size.data()) + std::string(text) + "\r\n");
}

bool HttpConnection::EndChunks() { return Write("0\r\n\r\n"); }

}  // namespace nacelle
