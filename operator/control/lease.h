// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "core/base/failure_log.h"
#include "core/base/result.h"
#include "core/json/value.h"
#include "core/kube/api_client.h"

namespace nacelle {

struct LeaseOptions {
  std::string name_space = "nacelle-system";
  std::string name = "nacelle-operator";
  std::string identity;  // different for each replica
  std::chrono::seconds duration{15};  // how long a leader that is silent stays one for the others
  std::chrono::milliseconds retry{2'000};
};

// What to do about a lease.
enum class LeaseStep { kWait, kTake, kRenew };

// `unchanged` is how long, by our own clock, the lease has looked as it does:
// clocks of different machines are not compared.
LeaseStep DecideLease(const std::string& holder, const std::string& identity, std::chrono::milliseconds unchanged,
                      std::chrono::milliseconds duration);

// Leadership by a Lease (coordination.k8s.io/v1), as other controllers do it.
class LeaseKeeper {
 public:
  LeaseKeeper(ApiClient& api, LeaseOptions options);

  // Takes and renews the lease until `stop`; then gives it back.
  Status Run(const std::stop_token& stop);

  // Whether we may write now: for less long than the others wait. Any thread.
  bool leads() const;

 private:
  using Time = std::chrono::steady_clock::time_point;

  Status Step(const std::stop_token& stop);
  Status Create(const std::stop_token& stop);
  Status Replace(const json::Object& lease, const std::stop_token& stop);
  Status Write(const json::Value& lease, const std::string& holder, bool taken, const std::stop_token& stop);
  void NoteRenewed(Time began);
  void GiveBack();
  Result<json::Object> WithOwners(json::Object lease, const std::stop_token& stop);
  json::Object Spec(const std::string& holder, const json::Value* before, bool taken) const;

  ApiClient& api_;
  const LeaseOptions options_;
  const std::string collection_;
  std::atomic<std::int64_t> leads_until_{0};  // nanoseconds of the steady clock
  // All below of the thread of Run.
  std::string seen_;
  Time seen_at_;
  bool led_ = false;
  FailureLog failures_{"the lease cannot be read or written"};
};

}  // namespace nacelle
