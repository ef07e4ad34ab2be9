// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "plugin/dra/claim.h"
#include "plugin/dra/pod_uses.h"
#include "plugin/dra/prepare_call.h"
#include "plugin/dra/prepared_claim.h"

namespace nacelle {

using PreparedClaims = std::map<std::string, Result<PreparedClaim>>;  // by uid

// The claims of one call that are to be made ready: of one pod, and `uses` is its.
struct PrepareJob {
  std::shared_ptr<const PrepareCall> call;
  std::vector<AllocatedClaim> claims;
  std::optional<PodUses> uses;
};

// Jobs that wait for the disk, in batches: it makes a batch durable in little more
// time than one claim takes. Any thread.
class PrepareLine {
 public:
  using Jobs = std::vector<PrepareJob>;
  struct Batch {
    Jobs jobs;            // guarded by the line's mutex_
    PreparedClaims done;  // what became of each claim, once the work is done
  };

  // The batch that the job is in now: the newest one, or a new one where that has
  // a claim of the job already.
  std::shared_ptr<Batch> Join(PrepareJob job);

  // Nothing joins the newest batch any more.
  void Close();

  // The jobs of a batch, which is closed thereby; none when they were taken already.
  Jobs Take(const std::shared_ptr<Batch>& batch);

 private:
  std::mutex mutex_;
  std::shared_ptr<Batch> newest_;  // guarded by mutex_; absent: closed
};

}  // namespace nacelle
