// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/empty_plugin.h"

#include <chrono>

#include <grpcpp/grpcpp.h>

#include "plugin/device_plugin/unix_server.h"

namespace nacelle {

struct EmptyPlugin::Service final : v1beta1::DevicePlugin::Service {
  grpc::Status GetDevicePluginOptions(grpc::ServerContext*, const v1beta1::Empty*,
                                      v1beta1::DevicePluginOptions*) override {
    return grpc::Status::OK;
  }
  grpc::Status Allocate(grpc::ServerContext*, const v1beta1::AllocateRequest*, v1beta1::AllocateResponse*) override {
    return grpc::Status::OK;
  }
};

EmptyPlugin::EmptyPlugin(const std::filesystem::path& socket)
    : service_(std::make_unique<Service>()), server_(*StartUnixServer(socket, 12, {service_.get()})) {}

EmptyPlugin::~EmptyPlugin() { server_->Shutdown(std::chrono::system_clock::now()); }

}  // namespace nacelle
