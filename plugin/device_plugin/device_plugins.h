// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>

#include "agent/discovery/feed.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/metrics/metrics.h"
#include "core/model/function.h"
#include "plugin/grant/cdi_folder.h"
#include "plugin/offer/offer_book.h"

namespace nacelle {

class HostRoot;

// How the kubelet learns of our sockets.
enum class RegistrationRoute {
  kKubeletSocket,    // we call device-plugins/kubelet.sock
  kPluginsRegistry,  // the kubelet finds them in plugins_registry
};

struct DevicePluginOptions {
  std::filesystem::path kubelet_dir = "/var/lib/kubelet";
  std::string own_pod;  // see PodResources
  // Records and views of grants; the same path on the host and in our container.
  std::filesystem::path state_dir = "/var/lib/nacelle";
  // Specs of grants that go by CDI.
  std::filesystem::path cdi_dir = kTransientCdiFolder;
  RegistrationRoute route = RegistrationRoute::kKubeletSocket;

  // What is offered at the start; absent: nothing, until SetPolicy.
  std::optional<Policy> policy = Policy();

  // Least time between two messages of one ListAndWatch.
  std::chrono::milliseconds list_gap{5};
  // How long it takes at most to notice that the kubelet left a stream on which
  // nothing is to be said; its restart is noticed by its socket, at once.
  std::chrono::milliseconds look_for_cancel{2'000};
  // How long an id is Unhealthy before it may leave the list, and how far
  // apart two Lists without a grant's devices are before the grant goes.
  std::chrono::milliseconds leave_after{60'000};
  // How long a grant is kept that PodResources never named: an ordinary init
  // container may have it.
  std::chrono::milliseconds forget_unlisted{3'600'000};
  // How often PodResources is asked while somebody may hold something.
  std::chrono::milliseconds poll_holders{5'000};
  // The longest that the kubelet waits for PreStartContainer; Allocate waits
  // for nothing.
  std::chrono::milliseconds pre_start_limit{20'000};
  // Register and List; the kubelet dials back inside Register for up to 10 s.
  std::chrono::milliseconds call_limit{12'000};
  // Back-off of failed registrations.
  std::chrono::milliseconds retry_first{20};
  std::chrono::milliseconds retry_most{5'000};
  // How long a registered resource may be without ListAndWatch before it is
  // registered again.
  std::chrono::milliseconds stream_patience{10'000};
  // How often kubelet.sock is looked at where inotify has no watch left.
  std::chrono::milliseconds look_without_inotify{1'000};
};

// Offers what the inventory has to the kubelet as extended resources: one
// server and one registration a resource, kept alive over restarts of the
// kubelet, and everything that a grant needs.
class DevicePlugins {
 public:
  // The references outlive the result. Fails only when the options can never
  // work (socket paths too long); a kubelet or a state folder that is not
  // there yet is no failure.
  static Result<std::unique_ptr<DevicePlugins>> Create(const InventoryFeed& feed,
                                                       const HostRoot& host,
                                                       const DevicePluginOptions& options,
                                                       Metrics& metrics, const Clock& clock);
  ~DevicePlugins();
  DevicePlugins(const DevicePlugins&) = delete;
  DevicePlugins& operator=(const DevicePlugins&) = delete;

  // Decides and serves until `stop`; call it once. Starts threads of its own and ends
  // them.
  Status Run(std::stop_token stop);

  // The two halves of Run, where another agent may take over. Decide: what the kubelet
  // is told, and what becomes of grants; starts threads too. Serve: sockets and
  // registrations. Once Decide has ended, nothing is told or registered any more; the
  // streams stay open, and calls that still come are answered. Each once.
  Status Decide(std::stop_token stop);
  Status Serve(const std::stop_token& stop);

  // Puts a policy in force. Nothing that is granted is taken away: a queue
  // changes its name, its shares or its route when it is released. Any thread.
  void SetPolicy(Policy policy);

  // What is offered, for others who hand the same queues out.
  OfferBook& offers();

  // For /readyz: healthy once every offer of the newest plan that goes this way is
  // registered and listed to the kubelet. Any thread.
  Health ready() const;

 private:
  struct Parts;
  explicit DevicePlugins(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace nacelle
