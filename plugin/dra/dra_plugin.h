// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

#include <grpcpp/grpcpp.h>

#include "agent/discovery/feed.h"
#include "core/base/result.h"
#include "core/kube/api_client.h"
#include "core/metrics/metrics.h"
#include "plugin/dra/slice_publisher.h"
#include "plugin/offer/offer_book.h"

namespace nacelle {

class HostRoot;

struct DraOptions {
  std::filesystem::path kubelet_dir = "/var/lib/kubelet";
  std::string own_pod;  // see PodResources
  // Records of claims; these outlive a power loss.
  std::filesystem::path state_dir = "/var/lib/nacelle";
  // Views of claims, which do not outlive a boot: in memory, where to make them costs
  // little. The same path on the host and in our container.
  std::filesystem::path run_dir = "/run/nacelle";
  std::filesystem::path cdi_dir = "/var/run/cdi";
  std::string node;  // as Kubernetes knows it: the name of our pool

  // The longest that a start of the agent or a claim waits for the disk.
  std::chrono::milliseconds disk_limit{20'000};
  // The longest that a call of the kubelet takes, which waits 45 s.
  std::chrono::milliseconds call_limit{40'000};
  // How often it is looked whether prepared claims are still there.
  std::chrono::milliseconds audit{10 * 60'000};
  std::chrono::milliseconds audit_gap{10'000};
  // For how long no pod must have used a claim that is gone before what it holds is
  // free: longer than pods take to end.
  std::chrono::milliseconds unused{10 * 60'000};
  // Between attempts to write a claim's status.
  std::chrono::milliseconds status_retry_first{200};
  std::chrono::milliseconds status_retry_most{60'000};
  // Between attempts to read the checkpoint and to serve.
  std::chrono::milliseconds retry{1'000};
  // How often the health of all devices is told again.
  std::chrono::milliseconds repeat_health{15'000};
  SlicePublisherOptions slices;
};

// Dynamic resource allocation: the driver nacelle.dev of this node. Publishes
// the offers of Route::kDra as resource slices and prepares claims for the
// kubelet.
class DraPlugin {
 public:
  // Reads what was prepared before, so that `offers` knows what is held. The
  // references outlive the result. Fails only when the options can never work.
  static Result<std::unique_ptr<DraPlugin>> Create(ApiClient& api, const InventoryFeed& feed, OfferBook& offers,
                                                   const HostRoot& host, const DraOptions& options, Metrics& metrics);
  ~DraPlugin();
  DraPlugin(const DraPlugin&) = delete;
  DraPlugin& operator=(const DraPlugin&) = delete;

  // Serves until `stop`; call it once. Starts threads of its own and ends them.
  Status Run(std::stop_token stop);

  // For /readyz: healthy while nothing of the newest plan goes through DRA; else once
  // the kubelet has registered the driver and the slices have what it offers. Any thread.
  Health ready() const;

 private:
  struct Parts;
  explicit DraPlugin(std::unique_ptr<Parts> parts);

  Status Serve(const std::stop_token& stop);
  // nullptr when `stop` is requested before it is possible.
  std::unique_ptr<grpc::Server> StartServer(const std::stop_token& stop);
  Status LoadClaims();

  std::unique_ptr<Parts> parts_;
  bool loaded_ = false;  // the checkpoint; of the thread that serves, once it runs
};

}  // namespace nacelle
