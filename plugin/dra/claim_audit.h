// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "plugin/dra/claim_preparer.h"
#include "plugin/dra/claim_reader.h"
#include "plugin/holders/pod_resources.h"

namespace nacelle {

// Lets go of prepared claims that the API server has no more: the kubelet may
// have lost its own book, or have unprepared them while this agent was away, and
// then nobody comes for them. A claim that was removed by force may still be what
// a pod has: what it holds stays held until for some time neither the kubelet names
// it nor the API server has a pod for which it was prepared.
class ClaimAudit {
 public:
  struct Parts {
    const ClaimReader& reader;
    const ClaimStore& store;
    ClaimPreparer& preparer;
    PodResources pods;
    std::chrono::milliseconds period;  // between looks
    std::chrono::milliseconds gap;     // the least between two, also when one failed
    // For how long nobody must have used a claim: of a pod that was removed by force,
    // and is still ending, neither of the two knows.
    std::chrono::milliseconds unused;
  };
  explicit ClaimAudit(const Parts& parts) : parts_(parts) {}

  // Looks at once, and then from time to time.
  Status Run(const std::stop_token& stop);

  // To look again soon: something that should be free is held. Any thread.
  void Wake();

 private:
  // A prepared claim that the API server has no more.
  struct Gone {
    std::optional<std::chrono::steady_clock::time_point> unused_since;
    bool told = false;  // that a pod uses it
  };
  using AllGone = std::map<std::string, Gone>;  // by uid
  using Claimed = std::vector<ClaimedDevice>;

  // False when something could not be read. Afterwards `gone_` has the claims that are
  // gone and not let go yet, as far as they were judged.
  bool Look(const std::stop_token& stop);
  // What becomes of one claim that is gone; absent: it was let go.
  Result<std::optional<Gone>> Judge(const PreparedClaim& claim, const Claimed& claimed, const std::stop_token& stop) const;
  // The pod that uses the claim; absent when none does.
  Result<std::optional<std::string>> FindUser(const PreparedClaim& claim, const Claimed& claimed, const std::stop_token& stop) const;

  void WaitForWake(std::chrono::milliseconds longest, const std::stop_token& stop);

  const Parts parts_;
  AllGone gone_;  // of the thread of Run
  std::mutex mutex_;
  std::condition_variable_any woken_;
  bool wake_ = false;  // guarded by mutex_
};

}  // namespace nacelle
