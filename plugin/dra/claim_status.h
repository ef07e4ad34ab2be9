// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "agent/discovery/feed.h"
#include "core/base/result.h"
#include "core/json/value.h"
#include "core/kube/api_client.h"
#include "core/kube/back_off.h"
#include "core/model/inventory.h"
#include "plugin/dra/claim_log.h"
#include "plugin/dra/claim_reader.h"
#include "plugin/dra/claim_store.h"
#include "plugin/dra/dra_metrics.h"
#include "plugin/dra/prepared_claim.h"

namespace nacelle {

// What the claim's status says of its devices: for each the functions, as in
// functions.json. Empty when it has none.
json::Value DescribeClaimStatus(const PreparedClaim& claim, const Inventory& inventory);

// Tells the API server what prepared claims were given, after the kubelet has
// its answer: nobody waits for it. A server that cannot be reached, or refuses,
// is asked again, less and less often, until the claim is gone or unprepared.
class ClaimStatusWriter {
 public:
  struct Parts {
    ApiClient& api;
    const InventoryFeed& feed;
    const ClaimReader& reader;
    const ClaimStore& store;
    DraMetrics& metrics;
    std::chrono::milliseconds retry_first;
    std::chrono::milliseconds retry_most;
  };
  explicit ClaimStatusWriter(const Parts& parts) : parts_(parts) {}

  // Any thread; never blocks.
  void Write(const std::string& uid);

  Status Run(const std::stop_token& stop);

 private:
  struct Job {
    BackOff back_off;
    std::chrono::steady_clock::time_point due;
  };

  // The claim whose time has come, with its job; absent when `stop` is requested.
  std::optional<std::pair<std::string, Job>> Next(const std::stop_token& stop);
  // False when it is to be tried again.
  bool WriteOne(const std::string& uid, const std::stop_token& stop);
  bool IsOver(const ClaimRef& claim, const Error& error, const std::stop_token& stop) const;

  const Parts parts_;
  ClaimLog failures_{"the status of a claim was not written; it is tried again"};
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, Job> jobs_;  // by uid; guarded by mutex_
};

}  // namespace nacelle
