// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/json/value.h"

namespace nacelle {

// The name of our driver, in claims, slices and towards the kubelet.
inline constexpr std::string_view kDraDriver = "nacelle.dev";

// A ResourceClaim as the kubelet names it.
struct ClaimRef {
  std::string name_space;
  std::string name;
  std::string uid;

  auto operator<=>(const ClaimRef&) const = default;
};

// For messages: "namespace/name".
std::string Show(const ClaimRef& claim);

// A device of ours that a claim was allocated.
struct AllocatedDevice {
  std::string request;  // of the claim; of "main/sub" only the first part
  std::string pool;
  std::string device;
  std::string share_id;       // of a device with shared capacity, else empty
  bool admin_access = false;  // for looking at it while others use it

  bool operator==(const AllocatedDevice&) const = default;
};

// A pod, in the namespace of the claim that is reserved for it.
struct PodRef {
  std::string name;
  std::string uid;

  bool operator==(const PodRef&) const = default;
};

// What of a claim concerns this node.
struct AllocatedClaim {
  ClaimRef ref;
  std::vector<AllocatedDevice> devices;
  std::vector<PodRef> pods;  // for whom it is reserved
  // Made for one pod, of a template or for an extended resource; any other may be
  // joined by further pods at any time.
  bool is_pods_own = false;

  bool operator==(const AllocatedClaim&) const = default;
};

// Reads a ResourceClaim (resource.k8s.io/v1). kConflict when it is another one
// than `expected` by its uid; kUnavailable when it is not allocated; kInvalid
// when it makes no sense, or has a device of ours from another pool than `pool`.
Result<AllocatedClaim> ReadClaim(const json::Value& object, const ClaimRef& expected, std::string_view pool);

// Whether a uid is of a form that can be part of a file's name: letters, digits
// and dashes, at most 63.
bool IsUid(std::string_view uid);

}  // namespace nacelle
