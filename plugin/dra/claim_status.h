// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>
#include <string>

#include "core/json/value.h"
#include "core/kube/api_client.h"
#include "core/model/inventory.h"
#include "plugin/dra/dra_metrics.h"
#include "plugin/dra/prepared_claim.h"

namespace nacelle {

// What the claim's status says of its devices: for each the functions, as in
// functions.json. Empty when it has none.
json::Value DescribeClaimStatus(const PreparedClaim& claim, const Inventory& inventory);

// Tells the API server what prepared claims were given, after the kubelet has
// its answer: nobody waits for it, and a server that cannot be reached is asked
// again for some time.
class ClaimStatusWriter {
 public:
  ClaimStatusWriter(ApiClient& api, DraMetrics& metrics) : api_(api), metrics_(metrics) {}

  // Any thread; never blocks. Of very many the oldest are forgotten.
  void Write(const PreparedClaim& claim, const Inventory& inventory);

  Status Run(const std::stop_token& stop);

 private:
  struct Job {
    std::string claim;  // for messages
    std::string path;
    json::Value object;
  };

  void WriteOne(const Job& job, const std::stop_token& stop);

  ApiClient& api_;
  DraMetrics& metrics_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Job> jobs_;  // guarded by mutex_
};

}  // namespace nacelle
