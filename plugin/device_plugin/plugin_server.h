// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "core/base/result.h"
#include "plugin/device_plugin/resource_service.h"
#include "plugin/device_plugin/watcher_service.h"

namespace grpc {
class Server;
}

namespace nacelle {

// One resource served on one unix socket, from construction to destruction.
class PluginServer {
 public:
  // Fails when the socket cannot be made. `on_change` is called from threads
  // of the server when the kubelet came, left or answered.
  static Result<std::unique_ptr<PluginServer>> Start(const std::filesystem::path& socket,
                                                     const ResourceService::Parts& parts,
                                                     const std::function<void()>& on_change);
  // Ends streams after their newest list, then the server, and removes the socket.
  ~PluginServer();
  PluginServer(const PluginServer&) = delete;
  PluginServer& operator=(const PluginServer&) = delete;

  StreamState streams() const { return service_.streams(); }
  // What the kubelet's plugin watcher said, where it was it that came.
  std::optional<Status> verdict() const { return watcher_.verdict(); }
  // False when somebody has removed the socket.
  bool has_socket() const;

 private:
  PluginServer(std::filesystem::path socket, const ResourceService::Parts& parts, const std::function<void()>& on_change);

  const std::filesystem::path socket_;
  ResourceService service_;
  WatcherService watcher_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace nacelle
