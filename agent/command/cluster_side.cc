// SPDX-License-Identifier: Apache-2.0
#include "agent/command/cluster_side.h"

#include <optional>
#include <utility>

#include "agent/host/host_root.h"
#include "core/base/log.h"

namespace nacelle {
namespace {

Result<std::optional<ClusterAccess>> AccessOf(const RunOptions& options) {
  if (options.kube_api.empty()) return InClusterAccess();
  if (auto status = CheckApiUrl(options.kube_api); !status) return std::move(status).error().In("--kube-api");
  return std::optional(ClusterAccess{options.kube_api, options.kube_token, options.kube_ca});
}

}  // namespace

Result<std::unique_ptr<ClusterSide>> ClusterSide::Create(const RunOptions& options, const InventoryFeed& feed,
                                                         OfferBook& offers, const HostRoot& host, Metrics& metrics) {
  auto access = AccessOf(options);
  if (!access) return std::move(access).error();
  if (!*access) {
    Log(kInfo, "no API server is configured; dynamic resource allocation is off");
    return std::unique_ptr<ClusterSide>();
  }
  DraOptions dra;
  dra.kubelet_dir = options.kubelet_dir;
  dra.own_pod = options.pod;
  dra.state_dir = options.state_dir;
  dra.run_dir = options.run_dir;
  dra.cdi_dir = options.cdi_dir;
  dra.node = options.node;
  std::unique_ptr<ClusterSide> side(new ClusterSide(**std::move(access)));
  auto plugin = DraPlugin::Create(side->client_, feed, offers, host, dra, metrics);
  if (!plugin) return std::move(plugin).error();
  side->dra_ = *std::move(plugin);
  return side;
}

}  // namespace nacelle
