// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/command/policy_keeper.h"
#include "agent/command/run.h"
#include "agent/discovery/feed.h"
#include "agent/publish/node_publisher.h"
#include "core/base/failure_log.h"
#include "core/base/result.h"
#include "core/kube/api_client.h"
#include "plugin/device_plugin/device_plugins.h"
#include "plugin/holders/pod_resources.h"

namespace nacelle {

// The NodeAccelerators of this node: what the agent knows, put together for
// agent/publish, and the policy of its spec for the keeper.
class NodeObject {
 public:
  // The references outlive it. `claims_ready` says whether claims can be made of what goes
  // through DRA.
  NodeObject(const RunOptions& options, ApiClient& api, const InventoryFeed& feed, DevicePlugins& plugins, PolicyKeeper& policy,
             std::function<Health()> claims_ready);

  // Until `stop`; starts a second thread for the watch.
  Status Run(const std::stop_token& stop);

 private:
  NodeView View();
  void AskHolders();

  DevicePlugins& plugins_;
  const InventoryFeed& feed_;
  const PolicyKeeper& policy_;
  const std::function<Health()> claims_ready_;
  const PodResources pod_resources_;
  NodePublisher publisher_;
  // Of the publisher's thread.
  Holders holders_;
  std::chrono::steady_clock::time_point listed_{};
  FailureLog two_doors_{"containers have queues by the device plugin and by claims, and see the folders of one of them"};
};

}  // namespace nacelle
