// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stop_token>

#include "agent/command/run.h"
#include "agent/discovery/feed.h"
#include "core/base/result.h"
#include "core/kube/cluster_client.h"
#include "core/metrics/metrics.h"
#include "plugin/dra/dra_plugin.h"
#include "plugin/offer/offer_book.h"

namespace nacelle {

// What the agent does only where it can reach an API server.
class ClusterSide {
 public:
  // Null where none is configured: no --kube-api, and not in a pod with a
  // token. The references outlive the result.
  static Result<std::unique_ptr<ClusterSide>> Create(const RunOptions& options, const InventoryFeed& feed, OfferBook& offers,
                                                     const HostRoot& host, Metrics& metrics);

  // The API server. Any thread.
  ApiClient& api() { return client_; }

  // See DraPlugin. Any thread.
  Health ready() const { return dra_->ready(); }

  Status Run(std::stop_token stop) { return dra_->Run(std::move(stop)); }

 private:
  explicit ClusterSide(ClusterAccess access) : client_(std::move(access)) {}

  ClusterClient client_;
  std::unique_ptr<DraPlugin> dra_;
};

}  // namespace nacelle
