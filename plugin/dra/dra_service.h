// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>

#include "api/proto/dra_v1.grpc.pb.h"
#include "plugin/dra/call_queue.h"
#include "plugin/dra/claim_audit.h"
#include "plugin/dra/claim_log.h"
#include "plugin/dra/claim_preparer.h"
#include "plugin/dra/claim_reader.h"
#include "plugin/dra/claim_status.h"
#include "plugin/dra/dra_metrics.h"

namespace nacelle {

namespace dra = k8s::io::kubelet::pkg::apis::dra::v1;

// The kubelet's DRAPlugin service: translates messages, counts, and leaves all
// else to ClaimReader and ClaimPreparer. No call is refused because others wait:
// the kubelet prepares the claims of as many pods as start at once. Claims are
// read side by side, and what is unprepared waits for no API server.
class DraService final : public dra::DRAPlugin::CallbackService {
 public:
  struct Parts {
    const ClaimReader& reader;
    ClaimPreparer& preparer;
    const ClaimStore& store;
    ClaimAudit& audit;
    ClaimStatusWriter& status;
    DraMetrics& metrics;
    CallQueue& prepares;
    CallQueue& unprepares;
    std::chrono::milliseconds call_limit;
  };
  explicit DraService(const Parts& parts) : parts_(parts) {}

  // Ends all calls soon.
  void Close() { stop_.request_stop(); }

  grpc::ServerUnaryReactor* NodePrepareResources(grpc::CallbackServerContext*, const dra::NodePrepareResourcesRequest* request,
                                                 dra::NodePrepareResourcesResponse* response) override;
  grpc::ServerUnaryReactor* NodeUnprepareResources(grpc::CallbackServerContext*,
                                                   const dra::NodeUnprepareResourcesRequest* request,
                                                   dra::NodeUnprepareResourcesResponse* response) override;

 private:
  class Answering;
  struct Prepare;

  void ReadClaim(const std::shared_ptr<Prepare>& work, std::size_t claim);
  void Finish(Prepare& work);
  void Answer(const ClaimRef& ref, const Result<PreparedClaim>& claim, dra::NodePrepareResourceResponse& answer);
  void Unprepare(const std::vector<ClaimRef>& claims, std::chrono::steady_clock::time_point begin,
                 dra::NodeUnprepareResourcesResponse& response);
  void Withdraw(const std::vector<ClaimRef>& claims);

  const Parts parts_;
  std::stop_source stop_;
  ClaimLog not_prepared_{"claim not prepared"};
  ClaimLog not_unprepared_{"claim not unprepared"};
  std::mutex mutex_;
  std::set<std::shared_ptr<PrepareCall>> open_;  // guarded by mutex_
};

}  // namespace nacelle
