// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/watcher_service.h"

#include <utility>

namespace nacelle {

WatcherService::WatcherService(std::string resource, std::function<void()> on_change)
    : resource_(std::move(resource)), on_change_(std::move(on_change)) {}

std::optional<Status> WatcherService::verdict() const {
  const std::lock_guard lock(mutex_);
  return verdict_;
}

grpc::Status WatcherService::GetInfo(grpc::ServerContext*, const pluginregistration::InfoRequest*,
                                     pluginregistration::PluginInfo* info) {
  info->set_type("DevicePlugin");
  info->set_name(resource_);
  // No endpoint: the device plugin is served on this very socket.
  info->add_supported_versions("v1beta1");
  return grpc::Status::OK;
}

grpc::Status WatcherService::NotifyRegistrationStatus(grpc::ServerContext*,
                                                      const pluginregistration::RegistrationStatus* told,
                                                      pluginregistration::RegistrationStatusResponse*) {
  {
    const std::lock_guard lock(mutex_);
    verdict_ = told->plugin_registered() ? Status() : Status(Error(Code::kUnavailable, told->error()));
  }
  on_change_();
  return grpc::Status::OK;
}

}  // namespace nacelle
