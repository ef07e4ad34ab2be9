// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/empty_plugin.h"

#include <chrono>

#include <grpcpp/grpcpp.h>
#include <grpcpp/resource_quota.h>

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

EmptyPlugin::EmptyPlugin(const std::filesystem::path& socket) : service_(std::make_unique<Service>()) {
  grpc::ResourceQuota quota;
  quota.SetMaxThreads(12);
  grpc::ServerBuilder builder;
  builder.SetResourceQuota(quota);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
  builder.AddListeningPort("unix:" + socket.native(), grpc::InsecureServerCredentials());
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
}

EmptyPlugin::~EmptyPlugin() { server_->Shutdown(std::chrono::system_clock::now()); }

}  // namespace nacelle
