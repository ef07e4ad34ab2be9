// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/endpoint.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "core/base/log.h"

namespace nacelle {
namespace {

using std::chrono::steady_clock;

// Older kubelets, told of the end of a stream, disconnect the client that is
// registered by then: they hear of the end first (k/k#121994).
constexpr std::chrono::milliseconds kAfterOldStream{5};
// A stream that lived this long ends a row of failures.
constexpr std::chrono::milliseconds kLongLived{1000};

}  // namespace

Endpoint::Endpoint(ResourceService::Parts parts, const Surroundings& surroundings)
    : parts_(std::move(parts)),
      around_(surroundings),
      due_(steady_clock::now()),
      registered_(due_),
      back_off_(surroundings.options.retry_first) {}

bool Endpoint::ready() const {
  return state_ == State::kRegistered && server_ && server_->streams().delivered;
}

void Endpoint::Renew() {
  state_ = State::kUnregistered;
  due_ = steady_clock::now();
  back_off_ = around_.options.retry_first;
}

std::optional<Endpoint::SteadyTime> Endpoint::NextLook(bool kubelet_present) const {
  if (state_ == State::kUnregistered && kubelet_present) return due_;
  const bool unwatched = state_ == State::kRegistered && server_->streams().begun == 0;
  if (unwatched) return registered_ + around_.options.stream_patience;
  return std::nullopt;
}

void Endpoint::Step(bool kubelet_present) {
  NoticeVerdict();
  NoticeStreams();
  if (state_ == State::kUnregistered && kubelet_present && steady_clock::now() >= due_) Register();
}

void Endpoint::NoticeVerdict() {
  if (state_ != State::kAsked) return;
  const auto verdict = call_ ? call_->verdict() : server_->verdict();
  const bool cannot_come = !call_ && !server_->has_socket();
  if (!verdict && cannot_come) return Failed(Error(Code::kUnavailable, "its socket was removed before the kubelet came"));
  if (!verdict) return;
  if (*verdict) Succeeded();
  else Failed(verdict->error());
}

void Endpoint::NoticeStreams() {
  if (state_ != State::kRegistered) return;
  const auto streams = server_->streams();
  const auto age = steady_clock::now() - registered_;
  const bool broken = streams.begun > 0 && streams.ended == streams.begun;
  const bool never = streams.begun == 0 && age >= around_.options.stream_patience;
  if (!broken && !never) return;
  Log(kWarning, never ? "kubelet does not watch the devices" : "kubelet left", {{"resource", resource()}});
  state_ = State::kUnregistered;
  if (age >= kLongLived) {
    back_off_ = around_.options.retry_first;
    due_ = steady_clock::now();
  } else {
    due_ = steady_clock::now() + back_off_;
    back_off_ = std::min(back_off_ * 2, around_.options.retry_most);
  }
}

void Endpoint::Register() {
  call_.reset();
  const bool had_stream = server_ && server_->streams().begun > server_->streams().ended;
  server_.reset();
  if (had_stream) std::this_thread::sleep_for(kAfterOldStream);
  if (auto status = TryRegister(); status) state_ = State::kAsked;
  else Failed(status.error());
}

Status Endpoint::TryRegister() {
  const auto& options = around_.options;
  const bool watcher = options.route == RegistrationRoute::kPluginsRegistry;
  const auto folder = options.kubelet_dir / (watcher ? "plugins_registry" : "device-plugins");
  const auto name = around_.names.Next(resource());
  auto server = PluginServer::Start(folder / name, parts_, around_.on_change);
  if (!server) return std::move(server).error();
  server_ = std::move(*server);
  if (watcher) return {};
  call_ = std::make_unique<RegisterCall>(
      RegisterCall::Request{folder / "kubelet.sock", name, resource(), options.call_limit}, around_.on_change);
  return {};
}

void Endpoint::Failed(const Error& error) {
  around_.metrics.CountRegistration(resource(), error);
  if (!failing_) Log(kWarning, "registration failed", {{"resource", resource()}, {"reason", error.message()}});
  failing_ = true;
  server_.reset();
  state_ = State::kUnregistered;
  due_ = steady_clock::now() + back_off_;
  back_off_ = std::min(back_off_ * 2, around_.options.retry_most);
}

void Endpoint::Succeeded() {
  around_.metrics.CountRegistration(resource(), {});
  Log(kInfo, "resource registered", {{"resource", resource()}});
  failing_ = false;
  state_ = State::kRegistered;
  registered_ = steady_clock::now();
}

}  // namespace nacelle
