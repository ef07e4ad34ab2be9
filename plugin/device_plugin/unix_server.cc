// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/unix_server.h"

#include <grpcpp/resource_quota.h>

namespace nacelle {

std::unique_ptr<grpc::Server> StartUnixServer(const std::filesystem::path& socket, int max_threads,
                                              const std::vector<grpc::Service*>& services) {
  grpc::ResourceQuota quota;
  quota.SetMaxThreads(max_threads);
  grpc::ServerBuilder builder;
  builder.SetResourceQuota(quota);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
  builder.AddListeningPort("unix:" + socket.native(), grpc::InsecureServerCredentials());
  for (auto* service : services) builder.RegisterService(service);
  return builder.BuildAndStart();
}

}  // namespace nacelle
