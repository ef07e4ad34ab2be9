// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/device_plugins.h"

#include <utility>

#include "core/base/run_group.h"
#include "plugin/device_plugin/accountant.h"
#include "plugin/device_plugin/publisher.h"
#include "plugin/device_plugin/reconciler.h"
#include "plugin/device_plugin/registrar.h"
#include "plugin/device_plugin/socket_name.h"
#include "plugin/grant/allocation_record.h"

namespace nacelle {

struct DevicePlugins::Parts {
  Parts(const InventoryFeed& feed, const HostRoot& host, const DevicePluginOptions& given,
        Metrics& all_metrics, const Clock& clock)
      : options(given),
        metrics(all_metrics),
        grants(given.state_dir, CdiFolder(given.cdi_dir, "grant")),
        pod_resources(PodResourcesSocket(given.kubelet_dir), given.own_pod),
        holders(pod_resources, given.kubelet_dir / "device-plugins" / kAllocationRecord, clock, given.leave_after),
        accountant(feed, offers, host, grants, holders, disk, given.pre_start_limit),
        registrar(options, metrics),
        publisher({feed, host, offers, grants, holders, accountant, registrar, metrics, clock, disk}, options),
        reconciler({grants, holders, publisher, metrics, disk}, options) {
    if (given.policy) offers.SetPolicy(*given.policy);
  }

  const DevicePluginOptions options;
  PluginMetrics metrics;
  OfferBook offers;
  GrantStore grants;
  const PodResources pod_resources;
  HolderList holders;
  Accountant accountant;
  Registrar registrar;
  Publisher publisher;
  Reconciler reconciler;
  // Last, so that its work ends before what the work uses.
  BoundedWorker disk{"dp-disk"};
};

DevicePlugins::DevicePlugins(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
DevicePlugins::~DevicePlugins() = default;

Result<std::unique_ptr<DevicePlugins>> DevicePlugins::Create(const InventoryFeed& feed, const HostRoot& host,
                                                             const DevicePluginOptions& options,
                                                             Metrics& metrics, const Clock& clock) {
  const auto name = SocketNames().Next("");
  for (const auto& socket : {options.kubelet_dir / "device-plugins" / name,
                             options.kubelet_dir / "plugins_registry" / name}) {
    if (auto status = CheckSocketPath(socket); !status) return std::move(status).error().In("kubelet-dir");
  }
  return std::unique_ptr<DevicePlugins>(
      new DevicePlugins(std::make_unique<Parts>(feed, host, options, metrics, clock)));
}

Status DevicePlugins::Run(std::stop_token stop) {
  RunGroup threads;
  const std::stop_callback end(stop, [&threads] { threads.Stop(); });
  threads.Start("dp-register", [this](const std::stop_token& s) { return Serve(s); });
  threads.Start("dp-decide", [this](std::stop_token s) { return Decide(std::move(s)); });
  return threads.Wait();
}

Status DevicePlugins::Serve(const std::stop_token& stop) { return parts_->registrar.Run(stop); }

Status DevicePlugins::Decide(std::stop_token stop) {
  RunGroup threads;
  const std::stop_callback end(stop, [&threads] { threads.Stop(); });
  threads.Start("dp-grants", [this](const std::stop_token& s) { return parts_->reconciler.Run(s); });
  threads.Start("dp-publish", [this](const std::stop_token& s) { return parts_->publisher.Run(s); });
  auto status = threads.Wait();
  parts_->registrar.Rest();
  return status;
}

void DevicePlugins::SetPolicy(Policy policy) { parts_->offers.SetPolicy(std::move(policy)); }

OfferBook& DevicePlugins::offers() { return parts_->offers; }

Health DevicePlugins::ready() const {
  if (!parts_->offers.policy()) return {false, "there is no policy without mistake yet"};
  const auto offered = parts_->offers.Newest();
  if (offered.generation == 0) return {false, "the machine has not been scanned yet"};
  const auto ready = parts_->registrar.Ready();
  for (const auto& offer : offered.plan->offers) {
    if (offer.route == Route::kDevicePlugin && !ready.contains(offer.resource)) return {false, offer.resource + " is not registered with the kubelet"};
  }
  return {};
}

}  // namespace nacelle
