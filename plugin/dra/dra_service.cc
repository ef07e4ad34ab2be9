// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/dra_service.h"

#include <algorithm>
#include <atomic>
#include <string>
#include <utility>
#include <vector>

namespace nacelle {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

template <typename Request>
std::vector<ClaimRef> ClaimsOf(const Request& request) {
  std::vector<ClaimRef> claims;
  for (const auto& claim : request.claims()) {
    const ClaimRef ref{claim.namespace_(), claim.name(), claim.uid()};
    const auto same = [&](const ClaimRef& other) { return other.uid == ref.uid; };
    if (std::none_of(claims.begin(), claims.end(), same)) claims.push_back(ref);
  }
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

std::string ErrorOf(const ClaimRef& ref, const Error& error) { return "claim " + Show(ref) + ": " + error.message(); }

}  // namespace

// The answer to a call, until the kubelet has it or has given it up.
class DraService::Answering final : public grpc::ServerUnaryReactor {
 public:
  explicit Answering(std::shared_ptr<PrepareCall> call = nullptr) : call_(std::move(call)) {}

  void OnCancel() override {
    if (call_) call_->End();
  }
  void OnDone() override { delete this; }

 private:
  const std::shared_ptr<PrepareCall> call_;
};

// A call to prepare claims while these are read, each by any thread.
struct DraService::Prepare {
  std::shared_ptr<PrepareCall> call;
  Answering* reactor;  // deletes itself after it has finished
  dra::NodePrepareResourcesResponse* response;  // lives as long
  std::vector<Result<AllocatedClaim>> read;     // one for each claim of the call
  std::atomic<std::size_t> left;                // how many are not read yet
};

grpc::ServerUnaryReactor* DraService::NodePrepareResources(grpc::CallbackServerContext*,
                                                           const dra::NodePrepareResourcesRequest* request,
                                                           dra::NodePrepareResourcesResponse* response) {
  const auto call = std::make_shared<PrepareCall>(ClaimsOf(*request), steady_clock::now(), parts_.call_limit, stop_.get_token());
  auto* reactor = new Answering(call);
  const auto count = call->claims().size();
  if (count == 0) {
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  {
    const std::lock_guard lock(mutex_);
    open_.insert(call);
  }
  const std::vector<Result<AllocatedClaim>> unread(count, Error(Code::kInternal, "not read"));
  const std::shared_ptr<Prepare> work(new Prepare{call, reactor, response, unread, count});
  for (std::size_t i = 0; i < count; ++i) {
    parts_.prepares.Add([this, work, i] { ReadClaim(work, i); });
  }
  return reactor;
}

void DraService::ReadClaim(const std::shared_ptr<Prepare>& work, std::size_t claim) {
  work->read[claim] = parts_.reader.Read(work->call->claims()[claim], *work->call);
  if (--work->left == 0) Finish(*work);
}

void DraService::Finish(Prepare& work) {
  std::vector<AllocatedClaim> claims;
  for (const auto& claim : work.read) {
    if (claim) claims.push_back(*claim);
  }
  const auto uses = claims.empty() ? std::nullopt : parts_.reader.ReadUses(claims, *work.call);
  const auto prepared = parts_.preparer.Prepare(work.call, claims, uses);
  const auto& refs = work.call->claims();
  for (std::size_t i = 0; i < refs.size(); ++i) {
    auto& answer = (*work.response->mutable_claims())[refs[i].uid];
    Answer(refs[i], work.read[i] ? prepared.at(refs[i].uid) : Result<PreparedClaim>(work.read[i].error()), answer);
  }
  parts_.metrics.ShowClaims(parts_.store.size());
  parts_.metrics.CountCall("prepare", steady_clock::now() - work.call->begin());
  {
    const std::lock_guard lock(mutex_);
    open_.erase(work.call);
  }
  work.reactor->Finish(grpc::Status::OK);
}

void DraService::Answer(const ClaimRef& ref, const Result<PreparedClaim>& claim, dra::NodePrepareResourceResponse& answer) {
  const auto status = claim ? Status() : Status(claim.error());
  parts_.metrics.CountClaim("prepare", status);
  not_prepared_.Note(ref, status);
  if (!claim) {
    // Somebody may hold what is this claim's by now.
    if (claim.error().code() == Code::kConflict) parts_.audit.Wake();
    return answer.set_error(ErrorOf(ref, claim.error()));
  }
  Fill(*claim, parts_.store.cdi_kind(), answer);
  parts_.status.Write(ref.uid);
}

grpc::ServerUnaryReactor* DraService::NodeUnprepareResources(grpc::CallbackServerContext*,
                                                             const dra::NodeUnprepareResourcesRequest* request,
                                                             dra::NodeUnprepareResourcesResponse* response) {
  const auto begin = steady_clock::now();
  const auto claims = ClaimsOf(*request);
  auto* reactor = new Answering;
  // At once, not when it is the claims' turn: what is being prepared is stored
  // before that, and then removed, or not at all.
  Withdraw(claims);
  parts_.unprepares.Add([this, claims, begin, reactor, response] {
    Unprepare(claims, begin, *response);
    reactor->Finish(grpc::Status::OK);
  });
  return reactor;
}

void DraService::Withdraw(const std::vector<ClaimRef>& claims) {
  const std::lock_guard lock(mutex_);
  for (const auto& call : open_) {
    for (const auto& ref : claims) call->Withdraw(ref.uid);
  }
}

void DraService::Unprepare(const std::vector<ClaimRef>& claims, steady_clock::time_point begin,
                           dra::NodeUnprepareResourcesResponse& response) {
  for (const auto& ref : claims) {
    auto& answer = (*response.mutable_claims())[ref.uid];
    const auto passed = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
    const auto limit = std::max(parts_.call_limit - passed, milliseconds(0));
    const auto status = parts_.preparer.Unprepare(ref.uid, limit, stop_.get_token());
    parts_.metrics.CountClaim("unprepare", status);
    not_unprepared_.Note(ref, status);
    if (status) not_prepared_.Forget(ref.uid);
    else answer.set_error(ErrorOf(ref, status.error()));
  }
  parts_.metrics.ShowClaims(parts_.store.size());
  parts_.metrics.CountCall("unprepare", steady_clock::now() - begin);
}

}  // namespace nacelle
