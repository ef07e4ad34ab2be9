// SPDX-License-Identifier: Apache-2.0
#include "core/http/server.h"

#include <cpprest/http_listener.h>

#include <charconv>
#include <exception>
#include <utility>

#include "core/http/library_threads.h"

namespace nacelle {
namespace {

namespace http = web::http;
using http::experimental::listener::http_listener;

Status CheckAddress(const std::string& address) {
  const auto colon = address.rfind(':');
  const auto invalid = [&] {
    return Error(Code::kInvalid, "'" + address + "' is not HOST:PORT, for example 127.0.0.1:9440");
  };
  if (colon == std::string::npos || colon == 0) return invalid();
  const std::string_view port = std::string_view(address).substr(colon + 1);
  unsigned number = 0;
  const auto [end, code] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (code != std::errc() || end != port.data() + port.size()) return invalid();
  if (number == 0 || number > 65535) return invalid();
  return {};
}

HttpAnswer Answer(const HttpServer::Handlers& handlers, const std::string& path) {
  if (path == "/healthz") return handlers.healthz();
  if (path == "/readyz") return handlers.readyz();
  if (path == "/metrics") return handlers.metrics();
  return {404, "not found; there are /healthz, /readyz and /metrics\n"};
}

}  // namespace

struct HttpServer::State {
  State(const std::string& address, Handlers given)
      : handlers(std::move(given)), listener(web::uri("http://" + address)) {
    listener.support(http::methods::GET, [this](const http::http_request& request) {
      const auto answer = Answer(handlers, request.relative_uri().path());
      // A client that has gone away is no failure of ours: observe and forget.
      request.reply(static_cast<http::status_code>(answer.status), answer.body, answer.content_type)
          .then([](const pplx::task<void>& sent) {
            try {
              sent.get();
            } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
            }
          });
    });
  }

  Handlers handlers;
  http_listener listener;
};

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&&) noexcept = default;

HttpServer::~HttpServer() {
  if (!state_) return;
  try {
    state_->listener.close().wait();
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
    // The process is ending; there is nobody left to tell.
  }
}

Result<HttpServer> HttpServer::Create(const std::string& address, Handlers handlers) {
  if (auto status = CheckAddress(address); !status) return std::move(status).error();
  LimitLibraryThreads();
  try {
    auto state = std::make_unique<State>(address, std::move(handlers));
    state->listener.open().wait();
    return HttpServer(std::move(state));
  } catch (const std::exception& failure) {
    return Error(Code::kUnavailable, "listen on " + address + ": " + failure.what());
  }
}

}  // namespace nacelle
