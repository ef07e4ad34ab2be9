// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim.h"

#include <algorithm>
#include <optional>

#include "core/kube/api_client.h"

namespace nacelle {
namespace {

constexpr std::size_t kMaxUid = 63;

bool IsTrue(const json::Value& object, std::string_view name) {
  const auto* member = FindMember(object, {name});
  return member != nullptr && member->AsBool() != nullptr && *member->AsBool();
}

// Absent when the result is another driver's.
Result<std::optional<AllocatedDevice>> ReadResult(const json::Value& result, std::string_view pool) {
  if (TextAt(result, {"driver"}) != kDraDriver) return std::optional<AllocatedDevice>();
  AllocatedDevice device;
  const auto request = TextAt(result, {"request"});
  device.request = request.substr(0, request.find('/'));
  device.pool = TextAt(result, {"pool"});
  device.device = TextAt(result, {"device"});
  device.share_id = TextAt(result, {"shareID"});
  device.admin_access = IsTrue(result, "adminAccess");
  if (device.request.empty() || device.device.empty()) {
    return Error(Code::kInvalid, "a device of " + std::string(kDraDriver) + " has no request or no name");
  }
  // A slice lets a claim have one share of a device at a time.
  const auto shares = TextAt(result, {"consumedCapacity", "shares"});
  if (!shares.empty() && shares != "1") {
    return Error(Code::kInvalid, "device '" + device.device + "': " + shares + " shares, and a claim takes one of each device");
  }
  if (device.pool != pool) {
    return Error(Code::kInvalid, "device '" + device.device + "' is of pool '" + device.pool + "', and this node is '" +
                                     std::string(pool) + "'");
  }
  return std::optional(std::move(device));
}

std::vector<PodRef> ReadPods(const json::Value& object) {
  std::vector<PodRef> pods;
  const auto* reserved = FindMember(object, {"status", "reservedFor"});
  if (reserved == nullptr || reserved->AsArray() == nullptr) return pods;
  for (const auto& consumer : *reserved->AsArray()) {
    if (TextAt(consumer, {"resource"}) == "pods") pods.push_back({TextAt(consumer, {"name"}), TextAt(consumer, {"uid"})});
  }
  return pods;
}

// https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/
bool HasAsOwner(const json::Value& object, const PodRef& pod) {
  const auto* owners = FindMember(object, {"metadata", "ownerReferences"});
  if (owners == nullptr || owners->AsArray() == nullptr) return false;
  return std::ranges::any_of(*owners->AsArray(), [&](const json::Value& owner) {
    return TextAt(owner, {"kind"}) == "Pod" && TextAt(owner, {"uid"}) == pod.uid && IsTrue(owner, "controller");
  });
}

}  // namespace

std::string Show(const ClaimRef& claim) { return claim.name_space + '/' + claim.name; }

bool IsUid(std::string_view uid) {
  return !uid.empty() && uid.size() <= kMaxUid && std::all_of(uid.begin(), uid.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Result<AllocatedClaim> ReadClaim(const json::Value& object, const ClaimRef& expected, std::string_view pool) {
  const auto uid = TextAt(object, {"metadata", "uid"});
  if (uid != expected.uid) {
    return Error(Code::kConflict, "it is another claim of that name now: its uid is '" + uid + "', not '" + expected.uid + "'");
  }
  const auto* results = FindMember(object, {"status", "allocation", "devices", "results"});
  if (results == nullptr || results->AsArray() == nullptr) return Error(Code::kUnavailable, "it is not allocated");
  AllocatedClaim claim{expected, {}, ReadPods(object)};
  for (const auto& result : *results->AsArray()) {
    auto device = ReadResult(result, pool);
    if (!device) return std::move(device).error();
    if (*device) claim.devices.push_back(**std::move(device));
  }
  // Nothing keeps a pod from naming a claim that was made for another.
  claim.is_pods_own = claim.pods.size() == 1 && HasAsOwner(object, claim.pods[0]);
  return claim;
}

}  // namespace nacelle
