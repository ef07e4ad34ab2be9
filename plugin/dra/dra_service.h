// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "api/proto/dra_v1.grpc.pb.h"
#include "plugin/dra/claim_preparer.h"
#include "plugin/dra/claim_status.h"
#include "plugin/dra/dra_metrics.h"

namespace nacelle {

namespace dra = k8s::io::kubelet::pkg::apis::dra::v1;

// The kubelet's DRAPlugin service: translates messages, counts, and leaves all
// else to the ClaimPreparer.
class DraService final : public dra::DRAPlugin::Service {
 public:
  struct Parts {
    ClaimPreparer& preparer;
    const ClaimStore& store;
    const InventoryFeed& feed;
    ClaimStatusWriter& status;
    DraMetrics& metrics;
  };
  explicit DraService(const Parts& parts) : parts_(parts) {}

  // Ends waits for the API server.
  void Close() { stop_.request_stop(); }

  grpc::Status NodePrepareResources(grpc::ServerContext*, const dra::NodePrepareResourcesRequest* request,
                                    dra::NodePrepareResourcesResponse* response) override;
  grpc::Status NodeUnprepareResources(grpc::ServerContext*, const dra::NodeUnprepareResourcesRequest* request,
                                      dra::NodeUnprepareResourcesResponse* response) override;

 private:
  const Parts parts_;
  std::stop_source stop_;
};

}  // namespace nacelle
