// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/register_call.h"

#include <grpcpp/grpcpp.h>

#include "api/proto/deviceplugin_v1beta1.grpc.pb.h"
#include "plugin/device_plugin/resource_service.h"

namespace nacelle {

Status RegisterWithKubelet(const std::filesystem::path& kubelet_socket, const std::string& endpoint,
                           const std::string& resource, std::chrono::milliseconds limit,
                           const std::stop_token& stop) {
  grpc::ChannelArguments arguments;
  // grpc-go refuses the socket's path as authority (grpc#38142).
  arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const auto stub = v1beta1::Registration::NewStub(grpc::CreateCustomChannel(
      "unix:" + kubelet_socket.native(), grpc::InsecureChannelCredentials(), arguments));

  v1beta1::RegisterRequest request;
  request.set_version("v1beta1");
  request.set_endpoint(endpoint);
  request.set_resource_name(resource);
  *request.mutable_options() = PluginOptions();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + limit);
  const std::stop_callback cancel(stop, [&context] { context.TryCancel(); });
  v1beta1::Empty response;
  const auto status = stub->Register(&context, request, &response);
  if (status.ok()) return {};
  return Error(Code::kUnavailable, "kubelet: " + status.error_message());
}

}  // namespace nacelle
