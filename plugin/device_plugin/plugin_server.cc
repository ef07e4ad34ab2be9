// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/plugin_server.h"

#include <unistd.h>

#include <chrono>
#include <utility>

#include "plugin/device_plugin/socket_name.h"
#include "plugin/device_plugin/unix_server.h"

namespace nacelle {
namespace {

// Streams, one Allocate at a time, and container starts: after a boot all pods
// start at once, each waits on a thread of its own for the kubelet's answer or the
// disk, and Allocate must find one free. More than a node has pods; threads end
// when they have no work.
constexpr int kMaxThreads = 1024;

}  // namespace

PluginServer::PluginServer(std::filesystem::path socket, const ResourceService::Parts& parts,
                           const std::function<void()>& on_change)
    : socket_(std::move(socket)), service_(parts, on_change), watcher_(parts.resource, on_change) {}

Result<std::unique_ptr<PluginServer>> PluginServer::Start(const std::filesystem::path& socket,
                                                          const ResourceService::Parts& parts,
                                                          const std::function<void()>& on_change) {
  if (auto status = CheckSocketPath(socket); !status) return std::move(status).error();
  std::unique_ptr<PluginServer> result(new PluginServer(socket, parts, on_change));
  auto server = StartUnixServer(socket, kMaxThreads, {&result->service_, &result->watcher_});
  if (!server) return std::move(server).error();
  result->server_ = std::move(*server);
  return result;
}

bool PluginServer::has_socket() const { return access(socket_.c_str(), F_OK) == 0; }

PluginServer::~PluginServer() {
  if (!server_) return;
  service_.Close();
  server_->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  unlink(socket_.c_str());
}

}  // namespace nacelle
