// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>

#include "core/kube/api_client.h"
#include "core/kube/cluster_access.h"

namespace nacelle {

struct ClusterClientOptions {
  // The longest that a call takes, with all that is tried again within it.
  std::chrono::milliseconds call_limit{10'000};
  // The longest silence of a stream. Bookmarks come about every minute.
  std::chrono::milliseconds silence_limit{150'000};
  // After 429 without Retry-After.
  std::chrono::milliseconds busy_pause{1'000};
};

// The API server of a cluster, by HTTP/1.1. Connections are kept for the next call.
class ClusterClient final : public ApiClient {
 public:
  explicit ClusterClient(ClusterAccess access, const ClusterClientOptions& options = {});
  ~ClusterClient() override;

  Result<json::Value> Call(const ApiRequest& request, const std::stop_token& stop) override;
  Status Stream(const ApiRequest& request, const TakeLine& take, const std::stop_token& stop) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nacelle
