// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/prepared_claim.h"

#include <utility>

#include "core/base/join.h"
#include "core/json/value.h"
#include "core/kube/api_client.h"
#include "plugin/grant/grant_record.h"
#include "plugin/offer/taken_queues.h"

namespace nacelle {
namespace {

constexpr std::int64_t kVersion = 1;

json::Value Describe(const PreparedDevice& device) {
  const auto& allocated = device.allocated;
  auto grant = json::Parse(WriteGrantRecord(device.grant));
  return json::Object{{"request", allocated.request},
                      {"pool", allocated.pool},
                      {"device", allocated.device},
                      {"share_id", allocated.share_id},
                      {"admin_access", allocated.admin_access},
                      {"grant", grant ? *std::move(grant) : json::Value()},
                      {"view", device.view},
                      {"cdi", device.cdi}};
}

Result<PreparedDevice> ReadDevice(const json::Value& value) {
  const auto* grant = FindMember(value, {"grant"});
  const auto* admin = FindMember(value, {"admin_access"});
  if (grant == nullptr || admin == nullptr || admin->AsBool() == nullptr) {
    return Error(Code::kInvalid, "a device without 'grant' or 'admin_access'");
  }
  PreparedDevice device;
  device.allocated = {TextAt(value, {"request"}), TextAt(value, {"pool"}), TextAt(value, {"device"}),
                      TextAt(value, {"share_id"}), *admin->AsBool()};
  device.view = TextAt(value, {"view"});
  device.cdi = TextAt(value, {"cdi"});
  if (device.allocated.request.empty() || device.allocated.device.empty() || device.view.empty() || device.cdi.empty()) {
    return Error(Code::kInvalid, "a device without 'request', 'device', 'view' or 'cdi'");
  }
  auto read = ReadGrantRecord(json::Write(*grant));
  if (!read) return std::move(read).error().In("grant");
  device.grant = *std::move(read);
  return device;
}

std::string Quoted(const std::vector<std::string>& devices) {
  return devices.empty() ? "nothing" : "'" + Join(devices, "', '") + "'";
}

std::vector<PodRef> ReadPods(const json::Value& record) {
  std::vector<PodRef> pods;
  const auto* listed = FindMember(record, {"pods"});
  if (listed == nullptr || listed->AsArray() == nullptr) return pods;
  for (const auto& pod : *listed->AsArray()) pods.push_back({TextAt(pod, {"name"}), TextAt(pod, {"uid"})});
  return pods;
}

}  // namespace

bool IsFor(const PreparedClaim& prepared, const AllocatedClaim& claim) {
  if (prepared.ref != claim.ref || prepared.devices.size() != claim.devices.size()) return false;
  for (std::size_t i = 0; i < claim.devices.size(); ++i) {
    if (!(prepared.devices[i].allocated == claim.devices[i])) return false;
  }
  return true;
}

std::vector<HeldShare> HeldShares(const PreparedClaim& claim) {
  std::vector<HeldShare> held;
  for (const auto& [allocated, grant, view, cdi] : claim.devices) {
    if (allocated.admin_access) continue;
    HeldShare share{grant.resource, allocated.device, {}, std::nullopt, Route::kDra, {}, allocated.share_id};
    for (const auto& queue : grant.queues) {
      const auto numbers = OwnNumbers(queue.nodes);
      share.numbers.insert(share.numbers.end(), numbers.begin(), numbers.end());
      share.queues.push_back(queue.id);
      share.shares = queue.division;
    }
    held.push_back(std::move(share));
  }
  return held;
}

bool ExcludeEachOther(const AllocatedDevice& a, const AllocatedDevice& b) {
  return a.device == b.device && a.share_id == b.share_id && !a.admin_access && !b.admin_access;
}

Error HeldBy(const AllocatedDevice& device, const std::string& holder) {
  return Error(Code::kConflict, "device '" + device.device + "' is held by " + holder);
}

Error PreparedOtherwise(const std::vector<std::string>& has, const AllocatedClaim& claim) {
  std::vector<std::string> wants;
  for (const auto& device : claim.devices) wants.push_back(device.device);
  return Error(Code::kConflict, "it was prepared with " + Quoted(has) + ", and is allocated " + Quoted(wants) +
                                    " now; it keeps what it has until the kubelet unprepares it: delete the pods that use it");
}

std::string WritePreparedClaim(const PreparedClaim& claim) {
  json::Array devices;
  for (const auto& device : claim.devices) devices.push_back(Describe(device));
  json::Array pods;
  for (const auto& pod : claim.pods) pods.push_back(json::Object{{"name", pod.name}, {"uid", pod.uid}});
  return json::Write(json::Object{{"version", kVersion},
                                  {"namespace", claim.ref.name_space},
                                  {"name", claim.ref.name},
                                  {"uid", claim.ref.uid},
                                  {"boot_id", claim.boot_id},
                                  {"mask_sysfs", claim.mask_sysfs},
                                  {"devices", std::move(devices)},
                                  {"pods", std::move(pods)}}) +
         '\n';
}

Result<PreparedClaim> ReadPreparedClaim(std::string_view text) {
  const auto value = json::Parse(text);
  if (!value) return value.error();
  const auto* version = FindMember(*value, {"version"});
  if (version == nullptr || version->AsInt() == nullptr) return Error(Code::kInvalid, "version: not an integer");
  if (*version->AsInt() > kVersion) return Error(Code::kConflict, "version: written by a newer Nacelle");
  PreparedClaim claim{{TextAt(*value, {"namespace"}), TextAt(*value, {"name"}), TextAt(*value, {"uid"})},
                      TextAt(*value, {"boot_id"}), true, {}, ReadPods(*value)};
  const auto* mask = FindMember(*value, {"mask_sysfs"});
  if (mask == nullptr || mask->AsBool() == nullptr) return Error(Code::kInvalid, "mask_sysfs: not a boolean");
  claim.mask_sysfs = *mask->AsBool();
  if (!IsUid(claim.ref.uid)) return Error(Code::kInvalid, "uid: not one");
  const auto devices = json::GetArray(*value->AsObject(), "devices");
  if (!devices) return devices.error();
  for (const auto& item : *devices) {
    auto device = ReadDevice(item);
    if (!device) return std::move(device).error().In("devices");
    claim.devices.push_back(*std::move(device));
  }
  return claim;
}

}  // namespace nacelle
