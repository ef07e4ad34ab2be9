// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim_status.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/describe/inventory_json.h"

namespace nacelle {
namespace {

using std::chrono::steady_clock;

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

void ClaimStatusWriter::Write(const std::string& uid) {
  const std::lock_guard lock(mutex_);
  const BackOff back_off(parts_.retry_first, parts_.retry_most);
  jobs_.insert_or_assign(uid, Job{back_off, steady_clock::now()});
  changed_.notify_one();
}

std::optional<std::pair<std::string, ClaimStatusWriter::Job>> ClaimStatusWriter::Next(const std::stop_token& stop) {
  const auto by_time = [](const auto& a, const auto& b) { return a.second.due < b.second.due; };
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto first = std::min_element(jobs_.begin(), jobs_.end(), by_time);
    if (first == jobs_.end()) {
      changed_.wait(lock, stop, [this] { return !jobs_.empty(); });
    } else if (const auto due = first->second.due; due > steady_clock::now()) {
      changed_.wait_until(lock, stop, due, [&] { return std::min_element(jobs_.begin(), jobs_.end(), by_time)->second.due < due; });
    } else {
      auto job = std::pair(first->first, first->second);
      jobs_.erase(first);
      return job;
    }
  }
  return std::nullopt;
}

Status ClaimStatusWriter::Run(const std::stop_token& stop) {
  while (auto next = Next(stop)) {
    auto& [uid, job] = *next;
    if (WriteOne(uid, stop)) continue;
    job.due = steady_clock::now() + job.back_off.Next();
    const std::lock_guard lock(mutex_);
    jobs_.try_emplace(uid, job);  // unless it was prepared anew meanwhile
  }
  return {};
}

bool ClaimStatusWriter::WriteOne(const std::string& uid, const std::stop_token& stop) {
  const auto claim = parts_.store.Find(uid);
  if (!claim) return true;
  const auto inventory = parts_.feed.Latest().inventory;
  if (inventory == nullptr) return false;
  const auto object = DescribeClaimStatus(*claim, *inventory);
  if (object.is_null()) return true;
  const auto path = "/apis/resource.k8s.io/v1/namespaces/" + EscapePathPart(claim->ref.name_space) + "/resourceclaims/" +
                    EscapePathPart(claim->ref.name) + "/status";
  const auto written = Apply(parts_.api, path, object, stop);
  const auto status = written ? Status() : Status(written.error());
  parts_.metrics.CountStatusWrite(status);
  const bool over = !status && IsOver(claim->ref, status.error(), stop);
  if (!stop.stop_requested()) failures_.Note(claim->ref, over ? Status() : status);
  return status.ok() || over;
}

// The claim is gone, or another of that name: nothing to tell any more. The server
// answers with a conflict for other reasons, too, which pass.
bool ClaimStatusWriter::IsOver(const ClaimRef& claim, const Error& error, const std::stop_token& stop) const {
  if (error.code() != Code::kNotFound && error.code() != Code::kConflict) return false;
  const auto gone = parts_.reader.IsGone(claim, stop);
  return gone && *gone;
}

}  // namespace nacelle
