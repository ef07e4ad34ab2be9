// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "plugin/device_plugin/device_plugins.h"
#include "plugin/device_plugin/plugin_server.h"
#include "plugin/device_plugin/register_call.h"
#include "plugin/device_plugin/socket_name.h"

namespace nacelle {

// One resource's way to the kubelet: its server, whether it is registered, and
// when to try again. Used by one thread.
class Endpoint {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  struct Surroundings {
    const DevicePluginOptions& options;
    SocketNames& names;
    PluginMetrics& metrics;
    std::function<void()> on_change;
  };
  Endpoint(ResourceService::Parts parts, const Surroundings& surroundings);

  // The kubelet is new: register at once.
  void Renew();

  // Looks at what the kubelet did, and registers when that is due. The old
  // stream is closed before; each registration has a socket of its own.
  void Step(bool kubelet_present);

  // Nothing more is registered; a registration that is not answered is given up.
  void Rest() { call_.reset(); }

  // When Step has something to do even if nothing happens before.
  std::optional<SteadyTime> NextLook(bool kubelet_present) const;

  // Registered, and the kubelet has a list.
  bool ready() const;
  const std::string& resource() const { return parts_.resource; }

 private:
  enum class State { kUnregistered, kAsked, kRegistered };

  void NoticeVerdict();
  void NoticeStreams();
  void Register();
  Status TryRegister();
  void Failed(const Error& error);
  void Succeeded();

  const ResourceService::Parts parts_;
  const Surroundings around_;
  std::unique_ptr<PluginServer> server_;
  std::unique_ptr<RegisterCall> call_;  // the last one; by the watcher, there is none
  State state_ = State::kUnregistered;
  SteadyTime due_;         // of the next registration, while unregistered
  SteadyTime registered_;  // since when, while registered
  std::chrono::milliseconds back_off_;
  bool failing_ = false;   // a failure was logged, and no success since
};

}  // namespace nacelle
