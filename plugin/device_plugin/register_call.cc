// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/register_call.h"

#include <pthread.h>

#include <utility>

#include <grpcpp/grpcpp.h>

#include "api/proto/deviceplugin_v1beta1.grpc.pb.h"
#include "plugin/device_plugin/resource_service.h"

namespace nacelle {
namespace {

Status Register(const RegisterCall::Request& asked, const std::stop_token& stop) {
  grpc::ChannelArguments arguments;
  // grpc-go refuses the socket's path as authority (grpc#38142).
  arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const auto stub = v1beta1::Registration::NewStub(grpc::CreateCustomChannel(
      "unix:" + asked.kubelet_socket.native(), grpc::InsecureChannelCredentials(), arguments));

  v1beta1::RegisterRequest request;
  request.set_version("v1beta1");
  request.set_endpoint(asked.endpoint);
  request.set_resource_name(asked.resource);
  *request.mutable_options() = PluginOptions();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + asked.limit);
  const std::stop_callback cancel(stop, [&context] { context.TryCancel(); });
  v1beta1::Empty response;
  const auto status = stub->Register(&context, request, &response);
  if (status.ok()) return {};
  return Error(Code::kUnavailable, "kubelet: " + status.error_message());
}

}  // namespace

RegisterCall::RegisterCall(Request request, std::function<void()> on_answer)
    : request_(std::move(request)),
      on_answer_(std::move(on_answer)),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

std::optional<Status> RegisterCall::verdict() const {
  const std::lock_guard lock(mutex_);
  return verdict_;
}

void RegisterCall::Run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "dp-call");
  auto status = Register(request_, stop);
  {
    const std::lock_guard lock(mutex_);
    verdict_ = std::move(status);
  }
  on_answer_();
}

}  // namespace nacelle
