// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "plugin/device_plugin/device_plugins.h"
#include "plugin/device_plugin/endpoint.h"
#include "plugin/device_plugin/socket_watch.h"

namespace nacelle {

// Keeps every wanted resource registered with the kubelet, whatever happens to
// the kubelet. One thread runs it; the other methods are for any thread.
class Registrar {
 public:
  // The options and metrics outlive it.
  Registrar(const DevicePluginOptions& options, PluginMetrics& metrics);

  // Serves just these resources from now on. One that is not wanted any more
  // shows its newest list, then its server goes.
  void Want(std::vector<ResourceService::Parts> resources);

  // Those of which the kubelet has a list.
  std::set<std::string> Ready() const;

  // From now on nothing is registered any more; what is stays served while Run runs.
  void Rest();

  Status Run(const std::stop_token& stop);

 private:
  bool Rests() const;
  void LookAfterAll();
  void TakeWanted();
  void Wait(const std::stop_token& stop);
  void Wake() const;
  bool IsByWatcher() const;
  bool KubeletMayBeThere() const;

  const DevicePluginOptions& options_;
  PluginMetrics& metrics_;
  const UniqueFd wake_;
  SocketNames names_;
  SocketWatch kubelet_;
  std::map<std::string, std::unique_ptr<Endpoint>> endpoints_;  // by resource; of the running thread
  mutable std::mutex mutex_;
  std::vector<ResourceService::Parts> wanted_;  // guarded by mutex_
  std::set<std::string> ready_;                 // guarded by mutex_
  bool rests_ = false;                          // guarded by mutex_
};

}  // namespace nacelle
