// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"
#include "plugin/device_plugin/device_plugins.h"

namespace nacelle {

struct RunOptions {
  std::string root;  // see MachineRoot
  std::string kubelet_dir = "/var/lib/kubelet";
  std::string state_dir = "/var/lib/nacelle";
  std::string run_dir = "/run/nacelle";
  std::string listen = "127.0.0.1:9440";  // empty: nowhere
  std::string node;
  std::string pod;  // that the agent runs in, "namespace/name"; empty: none
  std::string hardware;  // see MachineSource
  std::string policy;    // a file, absolute; empty: every function by its interface's name
  std::string cdi_dir = "/var/run/cdi";
  std::string kube_api;    // URL; empty: as a pod finds it
  std::string kube_token;  // file; for kube_api
  std::string kube_ca;     // file; for kube_api
  RegistrationRoute route = RegistrationRoute::kKubeletSocket;
  bool take_over = false;  // from the agent that runs here, where there is one
};

// "kubelet-socket" or "plugins-registry".
Result<RegistrationRoute> ParseRoute(const std::string& name);

// The agent: scans, and serves the kubelet, until SIGTERM or SIGINT. Call it
// from the main thread, before any other thread starts.
Status RunAgent(const RunOptions& options);

}  // namespace nacelle
