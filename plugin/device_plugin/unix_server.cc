// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/unix_server.h"

#include <unistd.h>

#include <cerrno>

#include <grpc/support/log.h>
#include <grpcpp/resource_quota.h>

#include "core/base/log.h"

namespace nacelle {
namespace {

// The library's own lines, which it would write to stderr whoever reads that.
void LogForGrpc(gpr_log_func_args* line) {
  Log(line->severity == GPR_LOG_SEVERITY_ERROR ? kError : kInfo, "gRPC", {{"reason", line->message}});
}

}  // namespace

Result<std::unique_ptr<grpc::Server>> StartUnixServer(const std::filesystem::path& socket, int max_threads,
                                                      const std::vector<grpc::Service*>& services) {
  gpr_set_log_function(LogForGrpc);
  // gRPC writes lines of its own to stderr for each socket that it cannot make.
  const auto folder = socket.parent_path();
  if (access(folder.c_str(), W_OK | X_OK) != 0) return ErrnoError(errno, folder.native());
  grpc::ResourceQuota quota;
  quota.SetMaxThreads(max_threads);
  grpc::ServerBuilder builder;
  builder.SetResourceQuota(quota);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
  builder.AddListeningPort("unix:" + socket.native(), grpc::InsecureServerCredentials());
  for (auto* service : services) builder.RegisterService(service);
  auto server = builder.BuildAndStart();
  if (!server) return Error(Code::kUnavailable, "cannot serve on " + socket.native());
  return server;
}

}  // namespace nacelle
