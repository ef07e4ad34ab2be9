// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/registrar.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "core/base/log.h"
#include "core/base/wakeup.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLongestWait{60'000};
constexpr milliseconds kAfterFailedWait{1'000};

}  // namespace

Registrar::Registrar(const DevicePluginOptions& options, PluginMetrics& metrics)
    : options_(options),
      metrics_(metrics),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      kubelet_(options.kubelet_dir / "device-plugins" / "kubelet.sock") {}

bool Registrar::IsByWatcher() const { return options_.route == RegistrationRoute::kPluginsRegistry; }

// By the plugin watcher, it is the kubelet that comes.
bool Registrar::KubeletMayBeThere() const { return IsByWatcher() || kubelet_.exists(); }

void Registrar::Wake() const { eventfd_write(wake_.get(), 1); }

void Registrar::Want(std::vector<ResourceService::Parts> resources) {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = std::move(resources);
  }
  Wake();
}

std::set<std::string> Registrar::Ready() const {
  const std::lock_guard lock(mutex_);
  return ready_;
}

void Registrar::Rest() {
  {
    const std::lock_guard lock(mutex_);
    rests_ = true;
  }
  Wake();
}

bool Registrar::Rests() const {
  const std::lock_guard lock(mutex_);
  return rests_;
}

void Registrar::TakeWanted() {
  const auto wanted = [this] {
    const std::lock_guard lock(mutex_);
    return wanted_;
  }();
  std::set<std::string> names;
  for (const auto& parts : wanted) {
    names.insert(parts.resource);
    auto& endpoint = endpoints_[parts.resource];
    if (endpoint) continue;
    endpoint = std::make_unique<Endpoint>(
        parts, Endpoint::Surroundings{options_, names_, metrics_, [this] { Wake(); }});
  }
  std::erase_if(endpoints_, [&](const auto& item) { return !names.contains(item.first); });
}

Status Registrar::Run(const std::stop_token& stop) {
  for (const auto* folder : {"device-plugins", "plugins_registry"}) {
    if (auto status = RemoveStaleSockets(options_.kubelet_dir / folder); !status) {
      Log(kWarning, "stale sockets stay", {{"reason", status.error().message()}});
    }
  }
  while (!stop.stop_requested() && !Rests()) {
    LookAfterAll();
    Wait(stop);
  }
  for (auto& [resource, endpoint] : endpoints_) endpoint->Rest();
  while (!stop.stop_requested()) (void)WaitReadable({}, kLongestWait, stop);
  endpoints_.clear();
  return {};
}

void Registrar::LookAfterAll() {
  TakeWanted();
  const bool renewed = kubelet_.IsNew() && !IsByWatcher();
  std::set<std::string> ready;
  for (auto& [resource, endpoint] : endpoints_) {
    if (renewed) endpoint->Renew();
    endpoint->Step(KubeletMayBeThere());
    if (endpoint->ready()) ready.insert(resource);
  }
  const std::lock_guard lock(mutex_);
  ready_ = std::move(ready);
}

void Registrar::Wait(const std::stop_token& stop) {
  auto timeout = kubelet_.fd() < 0 ? options_.look_without_inotify : kLongestWait;
  const auto now = steady_clock::now();
  for (const auto& [resource, endpoint] : endpoints_) {
    const auto look = endpoint->NextLook(KubeletMayBeThere());
    if (look) timeout = std::clamp(std::chrono::ceil<milliseconds>(*look - now), milliseconds(0), timeout);
  }
  std::vector<int> fds{wake_.get()};
  if (kubelet_.fd() >= 0) fds.push_back(kubelet_.fd());
  const auto woken = WaitReadable(fds, timeout, stop);
  if (!woken) {
    Log(kError, "cannot wait for the kubelet", {{"reason", woken.error().message()}});
    std::this_thread::sleep_for(kAfterFailedWait);
  }
  eventfd_t count = 0;
  eventfd_read(wake_.get(), &count);
}

}  // namespace nacelle
