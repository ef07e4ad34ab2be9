// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/dra_service.h"

#include <string>
#include <utility>
#include <vector>

#include "core/base/log.h"

namespace nacelle {
namespace {

using std::chrono::steady_clock;

template <typename Request>
std::vector<ClaimRef> ClaimsOf(const Request& request) {
  std::vector<ClaimRef> claims;
  for (const auto& claim : request.claims()) claims.push_back({claim.namespace_(), claim.name(), claim.uid()});
  return claims;
}

void Fill(const PreparedClaim& claim, const std::string& cdi_kind, dra::NodePrepareResourceResponse& answer) {
  for (const auto& prepared : claim.devices) {
    auto& device = *answer.add_devices();
    device.add_request_names(prepared.allocated.request);
    device.set_pool_name(prepared.allocated.pool);
    device.set_device_name(prepared.allocated.device);
    device.add_cdi_device_ids(cdi_kind + '=' + prepared.cdi);
    if (!prepared.allocated.share_id.empty()) device.set_share_id(prepared.allocated.share_id);
  }
}

}  // namespace

grpc::Status DraService::NodePrepareResources(grpc::ServerContext*, const dra::NodePrepareResourcesRequest* request,
                                              dra::NodePrepareResourcesResponse* response) {
  const auto begin = steady_clock::now();
  const auto claims = ClaimsOf(*request);
  const auto prepared = parts_.preparer.Prepare(claims, stop_.get_token());
  for (const auto& ref : claims) {
    auto& answer = (*response->mutable_claims())[ref.uid];
    if (answer.devices_size() > 0 || !answer.error().empty()) continue;  // named twice
    const auto& claim = prepared.at(ref.uid);
    parts_.metrics.CountClaim("prepare", claim ? Status() : Status(claim.error()));
    if (claim) {
      Fill(*claim, parts_.store.cdi_kind(), answer);
      parts_.status.Write(*claim, *parts_.feed.Latest().inventory);
      continue;
    }
    const auto message = "claim " + Show(ref) + ": " + claim.error().message();
    Log(kWarning, "claim not prepared", {{"claim", Show(ref)}, {"uid", ref.uid}, {"reason", claim.error().message()}});
    answer.set_error(message);
  }
  parts_.metrics.ShowClaims(parts_.store.size());
  parts_.metrics.CountCall("prepare", steady_clock::now() - begin);
  return grpc::Status::OK;
}

grpc::Status DraService::NodeUnprepareResources(grpc::ServerContext*, const dra::NodeUnprepareResourcesRequest* request,
                                                dra::NodeUnprepareResourcesResponse* response) {
  const auto begin = steady_clock::now();
  const auto claims = ClaimsOf(*request);
  const auto unprepared = parts_.preparer.Unprepare(claims);
  for (const auto& ref : claims) {
    auto& answer = (*response->mutable_claims())[ref.uid];
    const auto& status = unprepared.at(ref.uid);
    parts_.metrics.CountClaim("unprepare", status);
    if (status) continue;
    Log(kWarning, "claim not unprepared", {{"claim", Show(ref)}, {"uid", ref.uid}, {"reason", status.error().message()}});
    answer.set_error("claim " + Show(ref) + ": " + status.error().message());
  }
  parts_.metrics.ShowClaims(parts_.store.size());
  parts_.metrics.CountCall("unprepare", steady_clock::now() - begin);
  return grpc::Status::OK;
}

}  // namespace nacelle
