// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "api/proto/deviceplugin_v1beta1.grpc.pb.h"
#include "core/base/result.h"

namespace grpc {
class Channel;
}

namespace nacelle {

// A device as ListAndWatch told it.
struct ToldDevice {
  bool healthy = false;
  std::vector<int> numa;

  bool operator==(const ToldDevice&) const = default;
};
using ToldDevices = std::map<std::string, ToldDevice>;  // by id

// The contract kubelet's connection to one socket of a plugin, as the
// kubelet's own: dials, asks for options, then listens to ListAndWatch until
// the stream breaks. It does not reconnect.
class PluginConnection {
 public:
  // Called from the listening thread. `ended`: the stream broke.
  using OnChange = std::function<void(const PluginConnection&, bool ended)>;

  // Dials and asks for options, at most 10 s.
  static Result<std::unique_ptr<PluginConnection>> Dial(const std::filesystem::path& socket, std::string resource);
  ~PluginConnection();
  PluginConnection(const PluginConnection&) = delete;
  PluginConnection& operator=(const PluginConnection&) = delete;

  void Listen(OnChange on_change);
  // Cuts the stream from the kubelet's side.
  void Cut();

  const std::string& resource() const { return resource_; }
  const std::filesystem::path& socket() const { return socket_; }
  const v1beta1::DevicePluginOptions& options() const { return options_; }
  ToldDevices devices() const;
  std::size_t messages() const;
  bool live() const;

  Result<std::vector<std::string>> Prefer(const std::vector<std::string>& available,
                                          const std::vector<std::string>& must_include, int size) const;
  Result<v1beta1::AllocateResponse> Allocate(const v1beta1::AllocateRequest& request) const;
  Status PreStart(const std::vector<std::string>& devices) const;

 private:
  PluginConnection(std::filesystem::path socket, std::string resource);
  Status AskOptions();
  void ReadLists();

  const std::filesystem::path socket_;
  const std::string resource_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1beta1::DevicePlugin::Stub> stub_;
  v1beta1::DevicePluginOptions options_;
  OnChange on_change_;
  grpc::ClientContext stream_context_;
  mutable std::mutex mutex_;
  ToldDevices devices_;       // guarded by mutex_
  std::size_t messages_ = 0;  // guarded by mutex_
  bool live_ = false;         // guarded by mutex_
  std::jthread listener_;
};

}  // namespace nacelle
