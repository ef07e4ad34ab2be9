// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/result.h"

namespace nacelle {

struct HttpAnswer {
  int status = 200;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";
};

// Answers GET and HEAD of /healthz, /readyz and /metrics on one address until
// destroyed. The handlers run on its one thread and must not block. Of a client it
// takes 8 KiB of header, no body, and five seconds; of 64 connections the oldest
// makes room for the next.
class HttpServer {
 public:
  struct Handlers {
    std::function<HttpAnswer()> healthz;
    std::function<HttpAnswer()> readyz;
    std::function<HttpAnswer()> metrics;
  };

  // `address` is HOST:PORT: "127.0.0.1:9440"; "[::]:9440" for all addresses, of
  // IPv6 and IPv4, as far as the kernel has them. kInvalid when it is no address, kUnavailable when it cannot be bound.
  static Result<HttpServer> Create(const std::string& address, Handlers handlers);

  HttpServer(HttpServer&&) noexcept;
  HttpServer& operator=(HttpServer&&) noexcept;
  ~HttpServer();

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace nacelle
