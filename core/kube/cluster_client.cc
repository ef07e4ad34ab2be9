// SPDX-License-Identifier: Apache-2.0
#include "core/kube/cluster_client.h"

#include <errno.h>

#include <cpprest/http_client.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

#include "core/base/files.h"
#include "core/kube/back_off.h"
#include "core/kube/library_threads.h"

namespace nacelle {
namespace {

namespace http = web::http;
using http::client::http_client;
using std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t kMaxToken = 64 * 1024;
constexpr std::size_t kMaxCertificates = 4 * 1024 * 1024;
constexpr std::size_t kMaxLine = 16 * 1024 * 1024;
constexpr int kTooManyRequests = 429;

// What ends the wait for the library: a moment, a request to stop.
struct Limits {
  SteadyTime deadline;
  const std::stop_token& stop;
};

template <typename T>
Result<T> Outcome(const pplx::task<T>& done) {
  try {
    return done.get();
  } catch (const std::exception& failure) {
    return Error(Code::kUnavailable, failure.what());
  }
}

// Runs what follows a task on the thread that ends the task. The library's own
// scheduler hands it to a thread, and loses it where the program ends first.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"  // of the library's interface
class SameThread final : public pplx::scheduler_interface {
 public:
  void schedule(pplx::TaskProc_t proc, void* parameter) override { proc(parameter); }
};
#pragma GCC diagnostic pop

// The result of `task`, at most until the limits: then it is cancelled, and
// what the library still does with it is nobody's business. The library's own
// time-outs begin anew with each byte.
template <typename T>
Result<T> Await(const pplx::task<T>& task, const pplx::cancellation_token_source& cancel, const Limits& limits) {
  struct Shared {
    std::mutex mutex;
    std::condition_variable_any done;
    std::optional<Result<T>> result;  // guarded by mutex
  };
  const auto shared = std::make_shared<Shared>();
  const auto take = [shared](const pplx::task<T>& done) {
    auto result = Outcome(done);
    const std::lock_guard lock(shared->mutex);
    shared->result = std::move(result);
    shared->done.notify_all();
  };
  task.then(take, pplx::task_options(std::make_shared<SameThread>()));
  std::unique_lock lock(shared->mutex);
  if (shared->done.wait_until(lock, limits.stop, limits.deadline, [&] { return shared->result.has_value(); })) {
    return *std::move(shared->result);
  }
  lock.unlock();
  cancel.cancel();
  return Error(Code::kUnavailable, limits.stop.stop_requested() ? "stopping" : "no answer in time");
}

Code CodeOf(int status) {
  switch (status) {
    case 400:
    case 422: return Code::kInvalid;
    case 401:
    case 403: return Code::kDenied;
    case 404: return Code::kNotFound;
    case 409:
    case 410: return Code::kConflict;
    default: return Code::kUnavailable;
  }
}

// What the server says of a failure: the message of its Status object, else
// the beginning of whatever it sent.
Error Refused(int status, const std::string& body) {
  constexpr std::size_t kShown = 200;
  const auto value = json::Parse(body);
  const auto message = value ? TextAt(*value, {"message"}) : std::string();
  auto text = "the API server answered " + std::to_string(status);
  if (!message.empty() || !body.empty()) text += ": " + (message.empty() ? body.substr(0, kShown) : message);
  return Error(CodeOf(status), text);
}

std::optional<milliseconds> RetryAfter(const http::http_response& response) {
  const auto it = response.headers().find("Retry-After");
  if (it == response.headers().end()) return std::nullopt;
  unsigned seconds = 0;
  const auto* end = it->second.data() + it->second.size();
  if (std::from_chars(it->second.data(), end, seconds).ptr != end || seconds > 3600) return std::nullopt;
  return milliseconds(seconds * 1000);
}

http::http_request ToLibrary(const ApiRequest& request, const std::string& token) {
  http::http_request out(request.method);
  http::uri_builder uri(web::uri(request.path));
  for (const auto& [name, value] : request.query) uri.append_query(name, value);
  out.set_request_uri(uri.to_uri());
  const std::string whole = "application/json";
  out.headers().add("Accept", request.metadata_only ? whole + ";as=PartialObjectMetadata;g=meta.k8s.io;v=v1," + whole : whole);
  out.headers().add("User-Agent", program_invocation_short_name);
  if (!token.empty()) out.headers().add("Authorization", "Bearer " + token);
  if (!request.content_type.empty()) out.set_body(request.body, request.content_type);
  return out;
}

// Only the cluster's own certificates, not those of the system besides.
void TrustOnly(boost::asio::ssl::context& context, const std::string& certificates) {
  SSL_CTX_set_cert_store(context.native_handle(), X509_STORE_new());
  context.add_certificate_authority(boost::asio::buffer(certificates));
}

// The lines of an answer as they come.
class LineReader {
 public:
  LineReader(const http::http_response& response, pplx::cancellation_token_source cancel)
      : buffer_(response.body().streambuf()), cancel_(std::move(cancel)) {}

  // More of the text; false at its end.
  Result<bool> Fill(const Limits& limits) {
    auto first = Await(buffer_.bumpc(), cancel_, limits);
    if (!first) return std::move(first).error();
    if (*first == concurrency::streams::char_traits<std::uint8_t>::eof()) return false;
    text_ += static_cast<char>(*first);
    // The library throws here once the connection has ended in the middle.
    try {
      for (auto more = buffer_.in_avail(); more > 0; --more) text_ += static_cast<char>(buffer_.sbumpc());
    } catch (const std::exception& failure) {
      return Error(Code::kUnavailable, failure.what());
    }
    if (text_.size() > kMaxLine) return Error(Code::kUnavailable, "a line of more than 16 MiB");
    return true;
  }

  Status TakeLines(const ApiClient::TakeLine& take) {
    std::size_t begin = 0;
    for (auto end = text_.find('\n'); end != std::string::npos; end = text_.find('\n', begin)) {
      const auto line = std::string_view(text_).substr(begin, end - begin);
      begin = end + 1;
      if (line.empty()) continue;
      if (auto status = take(line); !status) return status;
    }
    text_.erase(0, begin);
    return {};
  }

 private:
  concurrency::streams::streambuf<std::uint8_t> buffer_;
  pplx::cancellation_token_source cancel_;
  std::string text_;
};

}  // namespace

struct ClusterClient::State {
  // The connections, made anew when the cluster's certificates have changed.
  Result<http_client> Connect() {
    std::string certificates;
    if (!access.ca_file.empty()) {
      auto text = ReadFile(access.ca_file, kMaxCertificates);
      if (!text) return std::move(text).error().In("certificates of the cluster");
      certificates = *std::move(text);
    }
    const std::lock_guard lock(mutex);
    if (client && trusted == certificates) return *client;
    http::client::http_client_config config;
    config.set_timeout(options.silence_limit);
    if (!access.ca_file.empty()) {
      config.set_ssl_context_callback([certificates](boost::asio::ssl::context& context) { TrustOnly(context, certificates); });
    }
    try {
      client.emplace(web::uri(access.url), config);
    } catch (const std::exception& failure) {
      return Error(Code::kInvalid, access.url + ": " + failure.what());
    }
    trusted = certificates;
    return *client;
  }

  Result<std::string> Token() const {
    if (access.token_file.empty()) return std::string();
    auto token = ReadFile(access.token_file, kMaxToken);
    if (!token) return std::move(token).error().In("token of the service account");
    while (!token->empty() && (token->back() == '\n' || token->back() == ' ')) token->pop_back();
    return token;
  }

  // The answer as soon as its head is there.
  Result<http::http_response> Send(const ApiRequest& request, const pplx::cancellation_token_source& cancel,
                                  const Limits& limits) {
    const auto token = Token();
    if (!token) return token.error();
    auto connection = Connect();
    if (!connection) return std::move(connection).error();
    try {
      return Await(connection->request(ToLibrary(request, *token), cancel.get_token()), cancel, limits);
    } catch (const std::exception& failure) {
      return Error(Code::kInvalid, failure.what());
    }
  }

  const ClusterAccess access;
  const ClusterClientOptions options;
  std::mutex mutex;
  std::optional<http_client> client;  // guarded by mutex
  std::string trusted;                // guarded by mutex
};

ClusterClient::ClusterClient(ClusterAccess access, const ClusterClientOptions& options)
    : state_(new State{.access = std::move(access), .options = options, .mutex = {}, .client = {}, .trusted = {}}) {
  LimitLibraryThreads();
}

ClusterClient::~ClusterClient() = default;

Result<json::Value> ClusterClient::Call(const ApiRequest& request, const std::stop_token& stop) {
  const auto limit = request.limit.count() > 0 ? std::min(request.limit, state_->options.call_limit) : state_->options.call_limit;
  const Limits limits{std::chrono::steady_clock::now() + limit, stop};
  const auto subject = request.method + ' ' + request.path;
  while (true) {
    const pplx::cancellation_token_source cancel;
    auto response = state_->Send(request, cancel, limits);
    if (!response) return std::move(response).error().In(subject);
    const auto body = Await(response->extract_utf8string(true), cancel, limits);
    if (!body) return Error(body.error()).In(subject);
    const int status = response->status_code();
    if (status >= 200 && status < 300) {
      auto value = json::Parse(*body);
      if (!value) return Error(Code::kUnavailable, value.error().message()).In(subject + ": the answer is no JSON");
      return value;
    }
    const auto after = RetryAfter(*response);
    const auto pause = after.value_or(state_->options.busy_pause);
    const bool again = status == kTooManyRequests || (status >= 500 && after);
    if (!again || std::chrono::steady_clock::now() + pause >= limits.deadline || stop.stop_requested()) {
      return Refused(status, *body).In(subject);
    }
    Pause(pause, stop);
  }
}

Status ClusterClient::Stream(const ApiRequest& request, const TakeLine& take, const std::stop_token& stop) {
  const auto within = [&](milliseconds time) { return Limits{std::chrono::steady_clock::now() + time, stop}; };
  const auto subject = request.method + ' ' + request.path;
  const pplx::cancellation_token_source cancel;
  auto response = state_->Send(request, cancel, within(state_->options.call_limit));
  if (!response) return std::move(response).error().In(subject);
  if (response->status_code() != http::status_codes::OK) {
    const auto body = Await(response->extract_utf8string(true), cancel, within(state_->options.call_limit));
    return Refused(response->status_code(), body ? *body : std::string()).In(subject);
  }
  LineReader reader(*response, cancel);
  while (true) {
    const auto more = reader.Fill(within(state_->options.silence_limit));
    if (!more) return Error(more.error()).In(subject);
    auto status = reader.TakeLines(take);
    if (!status) cancel.cancel();
    if (!status || !*more) return status;
  }
}

}  // namespace nacelle
