// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

#include "api/proto/deviceplugin_v1beta1.grpc.pb.h"
#include "plugin/device_plugin/accountant.h"
#include "plugin/device_plugin/device_feed.h"
#include "plugin/device_plugin/plugin_metrics.h"

namespace nacelle {

// What happened to the ListAndWatch streams of one socket.
struct StreamState {
  int begun = 0;
  int ended = 0;
  bool delivered = false;  // a list went out on a stream that lives
};

// The kubelet's DevicePlugin service for one resource on one socket. A thin
// skin: translates messages, counts, and leaves all else to the Accountant.
class ResourceService final : public v1beta1::DevicePlugin::Service {
 public:
  struct Parts {
    std::string resource;
    std::shared_ptr<const DeviceFeed> devices;
    Accountant& accountant;
    PluginMetrics& metrics;
    std::chrono::milliseconds list_gap;         // see DevicePluginOptions
    std::chrono::milliseconds look_for_cancel;
  };
  // `on_change`: called after the state of a stream changed; must not block.
  ResourceService(Parts parts, std::function<void()> on_change);

  // Ends the streams, each after the newest list, and waits of other calls.
  void Close() { stop_.request_stop(); }

  StreamState streams() const;

  grpc::Status GetDevicePluginOptions(grpc::ServerContext*, const v1beta1::Empty*,
                                      v1beta1::DevicePluginOptions* options) override;
  grpc::Status ListAndWatch(grpc::ServerContext* context, const v1beta1::Empty*,
                            grpc::ServerWriter<v1beta1::ListAndWatchResponse>* out) override;
  grpc::Status GetPreferredAllocation(grpc::ServerContext*, const v1beta1::PreferredAllocationRequest* request,
                                      v1beta1::PreferredAllocationResponse* response) override;
  grpc::Status Allocate(grpc::ServerContext*, const v1beta1::AllocateRequest* request,
                        v1beta1::AllocateResponse* response) override;
  grpc::Status PreStartContainer(grpc::ServerContext*, const v1beta1::PreStartContainerRequest* request,
                                 v1beta1::PreStartContainerResponse*) override;

 private:
  void SendLists(grpc::ServerContext& context, grpc::ServerWriter<v1beta1::ListAndWatchResponse>& out);
  void Note(const std::function<void(StreamState&)>& change);

  const Parts parts_;
  const std::function<void()> on_change_;
  std::stop_source stop_;
  mutable std::mutex mutex_;
  StreamState streams_;  // guarded by mutex_
};

// The options of every resource: PreStartContainer is always required, because
// the kubelet replays an old Allocate when a container restarts.
v1beta1::DevicePluginOptions PluginOptions();

}  // namespace nacelle
