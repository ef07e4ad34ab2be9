// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "api/proto/pluginregistration_v1.grpc.pb.h"
#include "core/base/result.h"

namespace nacelle {

// What the kubelet's plugin watcher calls on a socket in plugins_registry.
class WatcherService final : public pluginregistration::Registration::Service {
 public:
  // `on_change`: called after the kubelet answered; must not block.
  WatcherService(std::string resource, std::function<void()> on_change);

  // What the kubelet said of our registration; absent before it did.
  std::optional<Status> verdict() const;

  grpc::Status GetInfo(grpc::ServerContext*, const pluginregistration::InfoRequest*,
                       pluginregistration::PluginInfo* info) override;
  grpc::Status NotifyRegistrationStatus(grpc::ServerContext*, const pluginregistration::RegistrationStatus* told,
                                        pluginregistration::RegistrationStatusResponse*) override;

 private:
  const std::string resource_;
  const std::function<void()> on_change_;
  mutable std::mutex mutex_;
  std::optional<Status> verdict_;  // guarded by mutex_
};

}  // namespace nacelle
