// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim_status.h"

#include <set>
#include <utility>

#include "core/base/log.h"
#include "core/describe/inventory_json.h"
#include "core/kube/back_off.h"

namespace nacelle {
namespace {

constexpr std::size_t kMaxJobs = 1024;
constexpr int kAttempts = 5;
constexpr std::chrono::milliseconds kFirstPause{200};
constexpr std::chrono::milliseconds kLongestPause{5'000};

json::Value DescribeGrantedFunctions(const Grant& grant, const Inventory& inventory) {
  json::Array functions;
  for (const auto& granted : grant.queues) {
    const auto* function = FindFunction(inventory, granted.function);
    if (function == nullptr) continue;
    Queue queue;
    queue.id = granted.id;
    queue.nodes = granted.nodes;
    functions.push_back(DescribeFunction(inventory, *function, json::Array{DescribeQueue(queue)}));
  }
  return json::Object{{"resource", grant.resource}, {"functions", std::move(functions)}};
}

json::Value DescribeDevice(const PreparedDevice& device, const Inventory& inventory) {
  json::Object out{{"driver", kDraDriver}, {"pool", device.allocated.pool}, {"device", device.allocated.device}};
  if (!device.allocated.share_id.empty()) out.Set("shareID", device.allocated.share_id);
  out.Set("data", DescribeGrantedFunctions(device.grant, inventory));
  return out;
}

}  // namespace

json::Value DescribeClaimStatus(const PreparedClaim& claim, const Inventory& inventory) {
  json::Array devices;
  std::set<std::pair<std::string, std::string>> seen;  // two requests may have one device
  for (const auto& device : claim.devices) {
    if (seen.emplace(device.allocated.device, device.allocated.share_id).second) devices.push_back(DescribeDevice(device, inventory));
  }
  if (devices.empty()) return {};
  return json::Object{
      {"apiVersion", "resource.k8s.io/v1"},
      {"kind", "ResourceClaim"},
      // With the uid, so that another claim of that name is left alone.
      {"metadata", json::Object{{"name", claim.ref.name}, {"namespace", claim.ref.name_space}, {"uid", claim.ref.uid}}},
      {"status", json::Object{{"devices", std::move(devices)}}}};
}

void ClaimStatusWriter::Write(const PreparedClaim& claim, const Inventory& inventory) {
  auto object = DescribeClaimStatus(claim, inventory);
  if (object.is_null()) return;
  const auto path = "/apis/resource.k8s.io/v1/namespaces/" + EscapePathPart(claim.ref.name_space) + "/resourceclaims/" +
                    EscapePathPart(claim.ref.name) + "/status";
  const std::lock_guard lock(mutex_);
  jobs_.push_back({Show(claim.ref), path, std::move(object)});
  if (jobs_.size() > kMaxJobs) jobs_.pop_front();
  changed_.notify_one();
}

Status ClaimStatusWriter::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !jobs_.empty(); })) {
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    WriteOne(job, stop);
    lock.lock();
  }
  return {};
}

void ClaimStatusWriter::WriteOne(const Job& job, const std::stop_token& stop) {
  BackOff back_off(kFirstPause, kLongestPause);
  for (int attempt = 1; !stop.stop_requested(); ++attempt) {
    const auto written = Apply(api_, job.path, job.object, stop);
    metrics_.CountStatusWrite(written ? Status() : Status(written.error()));
    if (written) return;
    // The claim is gone, or another: nothing to tell any more.
    const auto code = written.error().code();
    if (code == Code::kNotFound || code == Code::kConflict) return;
    if (code != Code::kUnavailable || attempt == kAttempts) {
      Log(kWarning, "the status of a claim was not written", {{"claim", job.claim}, {"reason", written.error().message()}});
      return;
    }
    Pause(back_off.Next(), stop);
  }
}

}  // namespace nacelle
