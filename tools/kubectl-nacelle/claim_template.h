// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/json/value.h"
#include "core/select/query.h"

namespace nacelle::kubectl {

struct ClaimOptions {
  std::string name = "accelerators";
  std::string in_namespace;  // empty: whichever it is applied to
  std::string device_class = "nacelle.dev";  // one without extendedResourceName, for any offer
  bool any_shares = false;  // leaves out that two queues are never shares of one
};

// A ResourceClaimTemplate (resource.k8s.io/v1) that asks what the query asks,
// in terms of the attributes of our slices: a request a want, `sharing hbm` and
// `chained` as matchAttribute over all, and that no queue comes twice as
// distinctAttribute, which clusters have with DRAConsumableCapacity. kInvalid where
// a claim cannot say it: filters on function or card, a distance, a place that is no
// NUMA node, a strength. A claim finds fewer answers than `find`, never a wrong one.
Result<json::Object> ClaimTemplate(const Query& query, const ClaimOptions& options);

// The class that the template names: every device of the driver nacelle.dev.
json::Object DeviceClass(const std::string& name);

}  // namespace nacelle::kubectl
