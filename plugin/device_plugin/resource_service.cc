// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/resource_service.h"

#include <condition_variable>
#include <utility>
#include <vector>

#include "core/base/log.h"

namespace nacelle {
namespace {

using std::chrono::steady_clock;

grpc::StatusCode GrpcCode(Code code) {
  switch (code) {
    case Code::kInvalid: return grpc::INVALID_ARGUMENT;
    case Code::kNotFound: return grpc::NOT_FOUND;
    case Code::kConflict: return grpc::FAILED_PRECONDITION;
    case Code::kDenied: return grpc::PERMISSION_DENIED;
    case Code::kUnavailable: return grpc::UNAVAILABLE;
    case Code::kInternal: return grpc::INTERNAL;
  }
  return grpc::UNKNOWN;
}

grpc::Status ToGrpc(const Status& status) {
  if (status) return grpc::Status::OK;
  return {GrpcCode(status.error().code()), status.error().message()};
}

void Fill(const Accountant::Allocation& allocation, v1beta1::ContainerAllocateResponse& response) {
  const auto& edits = allocation.edits;
  for (const auto& node : edits.nodes) {
    auto& device = *response.add_devices();
    device.set_container_path(node.path);
    device.set_host_path(node.path);
    device.set_permissions("rw");
  }
  for (const auto& edit : edits.mounts) {
    auto& mount = *response.add_mounts();
    mount.set_container_path(edit.container_path);
    mount.set_host_path(edit.host_path);
    mount.set_read_only(true);
  }
  for (const auto& [name, value] : edits.variables) (*response.mutable_envs())[name] = value;
  if (allocation.cdi_device.empty()) return;
  if (allocation.annotation_key.empty()) response.add_cdi_devices()->set_name(allocation.cdi_device);
  else (*response.mutable_annotations())[allocation.annotation_key] = allocation.cdi_device;
}

void Pause(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace

v1beta1::DevicePluginOptions PluginOptions() {
  v1beta1::DevicePluginOptions options;
  options.set_pre_start_required(true);
  options.set_get_preferred_allocation_available(true);
  return options;
}

ResourceService::ResourceService(Parts parts, std::function<void()> on_change)
    : parts_(std::move(parts)), on_change_(std::move(on_change)) {}

StreamState ResourceService::streams() const {
  const std::lock_guard lock(mutex_);
  return streams_;
}

void ResourceService::Note(const std::function<void(StreamState&)>& change) {
  {
    const std::lock_guard lock(mutex_);
    change(streams_);
  }
  on_change_();
}

grpc::Status ResourceService::GetDevicePluginOptions(grpc::ServerContext*, const v1beta1::Empty*,
                                                     v1beta1::DevicePluginOptions* options) {
  *options = PluginOptions();
  return grpc::Status::OK;
}

grpc::Status ResourceService::ListAndWatch(grpc::ServerContext* context, const v1beta1::Empty*,
                                           grpc::ServerWriter<v1beta1::ListAndWatchResponse>* out) {
  Note([](StreamState& streams) { ++streams.begun; });
  SendLists(*context, *out);
  Note([](StreamState& streams) {
    ++streams.ended;
    streams.delivered = streams.delivered && streams.ended < streams.begun;
  });
  return grpc::Status::OK;
}

void ResourceService::SendLists(grpc::ServerContext& context,
                                grpc::ServerWriter<v1beta1::ListAndWatchResponse>& out) {
  const auto stop = stop_.get_token();
  std::uint64_t sent = 0;
  while (!context.IsCancelled()) {
    // After Close, one look without waiting: the last list still goes out.
    const bool last = stop.stop_requested();
    const auto snapshot = parts_.devices->Next(sent, parts_.look_for_cancel, stop);
    if (snapshot.generation != sent) {
      v1beta1::ListAndWatchResponse message;
      if (!message.ParseFromString(*snapshot.text) || !out.Write(message)) return;
      if (sent == 0) Note([](StreamState& streams) { streams.delivered = true; });
      sent = snapshot.generation;
      parts_.metrics.CountListMessage(parts_.resource);
      Pause(parts_.list_gap, stop);
    }
    if (last) return;
  }
}

grpc::Status ResourceService::GetPreferredAllocation(grpc::ServerContext*,
                                                     const v1beta1::PreferredAllocationRequest* request,
                                                     v1beta1::PreferredAllocationResponse* response) {
  for (const auto& container : request->container_requests()) {
    const auto& available = container.available_deviceids();
    const auto& must = container.must_include_deviceids();
    const auto chosen = parts_.accountant.Prefer(
        parts_.resource, {{available.begin(), available.end()}, {must.begin(), must.end()}, container.allocation_size()});
    auto& answer = *response->add_container_responses();
    for (const auto& id : chosen) answer.add_deviceids(id);
  }
  return grpc::Status::OK;
}

grpc::Status ResourceService::Allocate(grpc::ServerContext*, const v1beta1::AllocateRequest* request,
                                       v1beta1::AllocateResponse* response) {
  const auto begin = steady_clock::now();
  std::vector<std::vector<std::string>> containers;
  for (const auto& container : request->container_requests()) {
    containers.emplace_back(container.devices_ids().begin(), container.devices_ids().end());
  }
  const auto edits = parts_.accountant.Allocate(parts_.resource, std::move(containers));
  const Status status = edits ? Status() : Status(edits.error());
  if (edits) {
    for (const auto& edit : *edits) Fill(edit, *response->add_container_responses());
  } else {
    Log(kWarning, "allocation refused", {{"resource", parts_.resource}, {"reason", edits.error().message()}});
  }
  parts_.metrics.CountCall("allocate", parts_.resource, status, steady_clock::now() - begin);
  return ToGrpc(status);
}

grpc::Status ResourceService::PreStartContainer(grpc::ServerContext*,
                                                const v1beta1::PreStartContainerRequest* request,
                                                v1beta1::PreStartContainerResponse*) {
  const auto begin = steady_clock::now();
  const auto status = parts_.accountant.PreStart(
      parts_.resource, {request->devices_ids().begin(), request->devices_ids().end()}, stop_.get_token());
  if (!status) {
    Log(kWarning, "container start refused", {{"resource", parts_.resource}, {"reason", status.error().message()}});
  }
  parts_.metrics.CountCall("pre_start", parts_.resource, status, steady_clock::now() - begin);
  return ToGrpc(status);
}

}  // namespace nacelle
