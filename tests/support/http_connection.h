// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace nacelle {

struct HttpRequest {
  std::string method;
  std::string path;   // without the query
  std::string query;  // "a=b&c=d", as it came
  std::string headers;
  std::string body;

  bool Has(std::string_view parameter) const { return query.find(parameter) != std::string::npos; }
};

// The server's side of one HTTP/1.1 connection on a socket that the caller owns.
class HttpConnection {
 public:
  explicit HttpConnection(int socket) : socket_(socket) {}

  // Absent when the client has gone.
  std::optional<HttpRequest> Read();
  // False when the client has gone.
  bool Reply(int status, std::string_view body, std::string_view headers = {});
  bool BeginChunks();
  bool Chunk(std::string_view text);
  bool EndChunks();

 private:
  bool Fill();
  bool Write(std::string_view text);

  const int socket_;
  std::string text_;
};

}  // namespace nacelle
