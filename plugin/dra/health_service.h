// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "api/proto/dra_health_v1.grpc.pb.h"
#include "agent/discovery/feed.h"
#include "plugin/dra/claim_store.h"
#include "plugin/offer/offer_book.h"

namespace nacelle {

// A device of the pool, and whether it is well.
struct DeviceHealthReport {
  std::string device;
  Health health;

  bool operator==(const DeviceHealthReport&) const = default;
};

// All devices that are offered by dynamic resource allocation, and those that
// claims have of functions that are gone or are no longer the same; by device.
std::vector<DeviceHealthReport> ReportHealth(const Inventory& inventory, const OfferPlan& plan,
                                             const std::vector<PreparedClaim>& claims);

// The kubelet's DRAResourceHealth service: tells the health of all devices at
// once, after each change, and from time to time, because the kubelet takes old
// news for none.
class HealthService final : public v1::DRAResourceHealth::Service {
 public:
  struct Parts {
    const InventoryFeed& feed;
    const OfferBook& offers;
    const ClaimStore& store;
    std::string node;
    std::chrono::milliseconds repeat;  // how often all is told again
  };
  explicit HealthService(Parts parts) : parts_(std::move(parts)) {}

  // Ends the streams.
  void Close() { stop_.request_stop(); }

  grpc::Status NodeWatchResources(grpc::ServerContext* context, const v1::NodeWatchResourcesRequest*,
                                  grpc::ServerWriter<v1::NodeWatchResourcesResponse>* out) override;

 private:
  v1::NodeWatchResourcesResponse ToMessage(const std::vector<DeviceHealthReport>& reports) const;

  const Parts parts_;
  std::stop_source stop_;
};

}  // namespace nacelle
