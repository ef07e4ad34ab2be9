// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "core/base/result.h"
#include "plugin/dra/claim_preparer.h"
#include "plugin/dra/claim_reader.h"

namespace nacelle {

// Lets go of prepared claims that the API server has no more: the kubelet may
// have lost its own book, or have unprepared them while this agent was away, and
// then nobody comes for them.
class ClaimAudit {
 public:
  struct Parts {
    const ClaimReader& reader;
    const ClaimStore& store;
    ClaimPreparer& preparer;
    std::chrono::milliseconds period;  // between looks
    std::chrono::milliseconds gap;     // the least between two, also when one failed
  };
  explicit ClaimAudit(const Parts& parts) : parts_(parts) {}

  // Looks at once, and then from time to time.
  Status Run(const std::stop_token& stop);

  // To look again soon: something that should be free is held. Any thread.
  void Wake();

 private:
  // False when something of it could not be read.
  bool Look(const std::stop_token& stop);

  void WaitForWake(const std::stop_token& stop);

  const Parts parts_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  bool wake_ = false;  // guarded by mutex_
};

}  // namespace nacelle
