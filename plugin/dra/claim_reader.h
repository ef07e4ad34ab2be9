// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/kube/api_client.h"
#include "plugin/dra/claim.h"
#include "plugin/dra/pod_uses.h"
#include "plugin/dra/prepare_call.h"

namespace nacelle {

// Reads from the API server what a call of the kubelet only names. Any thread.
class ClaimReader {
 public:
  // `node`: the name of our pool.
  ClaimReader(ApiClient& api, std::string node) : api_(api), node_(std::move(node)) {}

  Result<AllocatedClaim> Read(const ClaimRef& ref, const PrepareCall& call) const;

  // Which containers use what of the claims that are their pod's own, of which all
  // are one pod's. Absent when that is not known, or does not matter.
  std::optional<PodUses> ReadUses(std::vector<AllocatedClaim> claims, const PrepareCall& call) const;

  // Whether the API server says that there is no such claim any more.
  Result<bool> IsGone(const ClaimRef& ref, const std::stop_token& stop) const;

  // Whether the API server has this very pod still, and it has not ended.
  Result<bool> IsThere(const std::string& name_space, const PodRef& pod, const std::stop_token& stop) const;

 private:
  ApiClient& api_;
  const std::string node_;
};

}  // namespace nacelle
