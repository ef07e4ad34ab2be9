// SPDX-License-Identifier: Apache-2.0
#include "tests/support/contract_kubelet_plugin.h"

#include <utility>

#include <grpcpp/grpcpp.h>

namespace nacelle {
namespace {

constexpr std::chrono::seconds kDialLimit{10};
constexpr std::chrono::seconds kPreStartLimit{30};
// The kubelet itself has no limit here; a test must end all the same.
constexpr std::chrono::seconds kCallLimit{60};
constexpr int kMaxMessage = 4 * 1024 * 1024;

Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return {};
  const auto code = status.error_code() == grpc::UNAVAILABLE ? Code::kUnavailable : Code::kInvalid;
  return Error(code, status.error_message());
}

void SetLimit(grpc::ClientContext& context, std::chrono::seconds limit) {
  context.set_deadline(std::chrono::system_clock::now() + limit);
}

ToldDevices ToDevices(const v1beta1::ListAndWatchResponse& response) {
  ToldDevices devices;
  for (const auto& device : response.devices()) {
    auto& told = devices[device.id()];
    told.healthy = device.health() == "Healthy";
    for (const auto& node : device.topology().nodes()) told.numa.push_back(static_cast<int>(node.id()));
  }
  return devices;
}

}  // namespace

PluginConnection::PluginConnection(std::filesystem::path socket, std::string resource)
    : socket_(std::move(socket)), resource_(std::move(resource)) {
  grpc::ChannelArguments arguments;
  arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  arguments.SetMaxReceiveMessageSize(kMaxMessage);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  channel_ = grpc::CreateCustomChannel("unix:" + socket_.native(), grpc::InsecureChannelCredentials(), arguments);
  stub_ = v1beta1::DevicePlugin::NewStub(channel_);
}

PluginConnection::~PluginConnection() {
  Cut();
  if (listener_.joinable()) listener_.join();
}

Result<std::unique_ptr<PluginConnection>> PluginConnection::Dial(const std::filesystem::path& socket,
                                                                 std::string resource) {
  std::unique_ptr<PluginConnection> connection(new PluginConnection(socket, std::move(resource)));
  if (auto status = connection->AskOptions(); !status) return std::move(status).error().In("dial " + socket.native());
  return connection;
}

Status PluginConnection::AskOptions() {
  grpc::ClientContext context;
  SetLimit(context, kDialLimit);
  return FromGrpc(stub_->GetDevicePluginOptions(&context, {}, &options_));
}

void PluginConnection::Listen(OnChange on_change) {
  on_change_ = std::move(on_change);
  {
    const std::lock_guard lock(mutex_);
    live_ = true;
  }
  listener_ = std::jthread([this] { ReadLists(); });
}

void PluginConnection::ReadLists() {
  const auto reader = stub_->ListAndWatch(&stream_context_, {});
  v1beta1::ListAndWatchResponse response;
  while (reader->Read(&response)) {
    {
      const std::lock_guard lock(mutex_);
      devices_ = ToDevices(response);
      ++messages_;
    }
    on_change_(*this, false);
  }
  reader->Finish();
  {
    const std::lock_guard lock(mutex_);
    live_ = false;
    // The kubelet marks all devices of a broken stream unhealthy.
    for (auto& [id, device] : devices_) device.healthy = false;
  }
  on_change_(*this, true);
}

void PluginConnection::Cut() { stream_context_.TryCancel(); }

ToldDevices PluginConnection::devices() const {
  const std::lock_guard lock(mutex_);
  return devices_;
}

std::size_t PluginConnection::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

bool PluginConnection::live() const {
  const std::lock_guard lock(mutex_);
  return live_;
}

Result<std::vector<std::string>> PluginConnection::Prefer(const std::vector<std::string>& available,
                                                          const std::vector<std::string>& must_include,
                                                          int size) const {
  v1beta1::PreferredAllocationRequest request;
  auto& container = *request.add_container_requests();
  for (const auto& id : available) container.add_available_deviceids(id);
  for (const auto& id : must_include) container.add_must_include_deviceids(id);
  container.set_allocation_size(size);
  v1beta1::PreferredAllocationResponse response;
  grpc::ClientContext context;
  SetLimit(context, kCallLimit);
  if (auto status = FromGrpc(stub_->GetPreferredAllocation(&context, request, &response)); !status) {
    return std::move(status).error();
  }
  if (response.container_responses_size() != 1) return Error(Code::kInternal, "no preferred allocation");
  const auto& ids = response.container_responses(0).deviceids();
  return std::vector<std::string>(ids.begin(), ids.end());
}

Result<v1beta1::AllocateResponse> PluginConnection::Allocate(const v1beta1::AllocateRequest& request) const {
  v1beta1::AllocateResponse response;
  grpc::ClientContext context;
  SetLimit(context, kCallLimit);
  if (auto status = FromGrpc(stub_->Allocate(&context, request, &response)); !status) {
    return std::move(status).error();
  }
  return response;
}

Status PluginConnection::PreStart(const std::vector<std::string>& devices) const {
  v1beta1::PreStartContainerRequest request;
  for (const auto& id : devices) request.add_devices_ids(id);
  v1beta1::PreStartContainerResponse response;
  grpc::ClientContext context;
  SetLimit(context, kPreStartLimit);
  return FromGrpc(stub_->PreStartContainer(&context, request, &response));
}

}  // namespace nacelle
