// SPDX-License-Identifier: Apache-2.0
#include "core/http/server.h"

#include <pthread.h>

#include <charconv>
#include <chrono>
#include <list>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace nacelle {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

// Anybody on the network may come: what all of them can take is bounded.
constexpr std::size_t kMaxHeader = 8192;  // bytes
constexpr std::chrono::seconds kMaxTime{5};
constexpr std::size_t kMaxConnections = 64;
constexpr std::chrono::milliseconds kAcceptAgain{100};  // after a failure, such as no descriptors left

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

Result<HostPort> ReadAddress(const std::string& address) {
  const auto invalid = [&] {
    return Error(Code::kInvalid, "'" + address + "' is not HOST:PORT, for example 127.0.0.1:9440 or [::]:9440");
  };
  const auto colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0) return invalid();
  HostPort result{address.substr(0, colon)};
  const auto* const end = address.data() + address.size();
  const auto [last, code] = std::from_chars(address.data() + colon + 1, end, result.port);
  if (code != std::errc() || last != end || result.port == 0) return invalid();
  if (result.host.front() == '[' && result.host.back() == ']') result.host = result.host.substr(1, result.host.size() - 2);
  return result;
}

HttpAnswer Answer(const HttpServer::Handlers& handlers, http::verb method, std::string_view path) {
  if (method != http::verb::get && method != http::verb::head) return {405, "only GET and HEAD are answered\n"};
  if (path == "/healthz") return handlers.healthz();
  if (path == "/readyz") return handlers.readyz();
  if (path == "/metrics") return handlers.metrics();
  return {404, "not found; there are /healthz, /readyz and /metrics\n"};
}

// One connection: one question, one answer. Lives as long as something is under way.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, const HttpServer::Handlers& handlers) : stream_(std::move(socket)), handlers_(handlers) {
    parser_.header_limit(kMaxHeader);
  }

  void Start() {
    stream_.expires_after(kMaxTime);
    http::async_read_header(stream_, buffer_, parser_, [self = shared_from_this()](error_code failure, std::size_t) {
      if (!failure) self->Reply();
    });
  }

  void Close() { stream_.close(); }

 private:
  void Reply() {
    const auto& request = parser_.get();
    const auto target = request.target();
    auto answer = Answer(handlers_, request.method(), {target.data(), target.substr(0, target.find('?')).size()});
    response_.result(static_cast<unsigned>(answer.status));
    response_.set(http::field::content_type, answer.content_type);
    if (answer.status == 405) response_.set(http::field::allow, "GET, HEAD");
    response_.keep_alive(false);
    response_.body() = std::move(answer.body);
    response_.prepare_payload();
    serializer_.emplace(response_);
    const auto sent = [self = shared_from_this()](error_code, std::size_t) {
      error_code ignored;
      self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    };
    if (request.method() == http::verb::head) return http::async_write_header(stream_, *serializer_, sent);
    http::async_write(stream_, *serializer_, sent);
  }

  beast::tcp_stream stream_;
  const HttpServer::Handlers& handlers_;
  beast::flat_buffer buffer_{kMaxHeader};
  http::request_parser<http::empty_body> parser_;
  http::response<http::string_body> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
};

}  // namespace

struct HttpServer::State {
  explicit State(Handlers given) : handlers(std::move(given)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { io.stop(); }

  error_code Bind(const tcp::endpoint& endpoint) {
    error_code failure;
    acceptor.close(failure);
    acceptor.open(endpoint.protocol(), failure);
    if (!failure && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(false), failure);
    if (!failure) acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
    if (!failure) acceptor.bind(endpoint, failure);
    if (!failure) acceptor.listen(tcp::acceptor::max_listen_connections, failure);
    return failure;
  }

  error_code Listen(const HostPort& address) {
    error_code failure;
    tcp::resolver resolver(io);
    const auto found = resolver.resolve(address.host, std::to_string(address.port), tcp::resolver::passive, failure);
    if (failure) return failure;
    const tcp::endpoint endpoint = *found.begin();
    failure = Bind(endpoint);
    // A kernel started with ipv6.disable=1 has all addresses nonetheless.
    const bool is_all = endpoint.address().is_v6() && endpoint.address().is_unspecified();
    if (failure == asio::error::address_family_not_supported && is_all) return Bind({tcp::v4(), address.port});
    return failure;
  }

  void Accept() {
    acceptor.async_accept([this](error_code failure, tcp::socket socket) {
      if (!failure) {
        Serve(std::move(socket));
        return Accept();
      }
      again.expires_after(kAcceptAgain);
      again.async_wait([this](error_code) { Accept(); });
    });
  }

  // Of too many, the oldest goes: who asks and reads at once is served, however
  // many others do not.
  void Serve(tcp::socket socket) {
    std::erase_if(sessions, [](const auto& session) { return session.expired(); });
    if (sessions.size() >= kMaxConnections) {
      if (const auto oldest = sessions.front().lock()) oldest->Close();
      sessions.pop_front();
    }
    const auto session = std::make_shared<Session>(std::move(socket), handlers);
    sessions.push_back(session);
    session->Start();
  }

  void Run() {
    pthread_setname_np(pthread_self(), "http");
    io.run();
  }

  const Handlers handlers;
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  asio::steady_timer again{io};
  std::list<std::weak_ptr<Session>> sessions;  // oldest first
  std::jthread thread;                         // last: it uses the others
};

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&&) noexcept = default;
HttpServer::~HttpServer() = default;

Result<HttpServer> HttpServer::Create(const std::string& address, Handlers handlers) {
  const auto parsed = ReadAddress(address);
  if (!parsed) return parsed.error();
  auto state = std::make_unique<State>(std::move(handlers));
  if (const auto failure = state->Listen(*parsed)) {
    return Error(Code::kUnavailable, "listen on " + address + ": " + failure.message());
  }
  state->Accept();
  state->thread = std::jthread([server = state.get()] { server->Run(); });
  return HttpServer(std::move(state));
}

}  // namespace nacelle
