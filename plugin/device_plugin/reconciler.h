// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

#include "core/base/failure_log.h"
#include "plugin/device_plugin/bounded_worker.h"
#include "plugin/device_plugin/holder_list.h"
#include "plugin/device_plugin/plugin_metrics.h"
#include "plugin/device_plugin/publisher.h"
#include "plugin/device_plugin/retention.h"
#include "plugin/grant/grant_store.h"

namespace nacelle {

// Removes what ended containers left behind. Asks PodResources from time to
// time, but only while somebody holds something, there are grants, or an id waits to
// leave its list.
class Reconciler {
 public:
  struct Parts {
    GrantStore& grants;
    HolderList& holders;
    const Publisher& publisher;
    PluginMetrics& metrics;
    BoundedWorker& disk;
  };
  Reconciler(const Parts& parts, const DevicePluginOptions& options);

  Status Run(const std::stop_token& stop);

 private:
  void LoadGrants();
  void SaveGrants();
  void RemoveSuperseded();
  bool MayRest() const;
  // Whether the next answer is long enough after the first to tell what is left over.
  bool IsSweepDue() const;
  void Ask(const std::stop_token& stop);
  void Sweep(const std::vector<Holding>& holdings);
  Status Apply(const Retention::Decision& decision) const;
  Status Remove(const std::vector<Grant>& grants) const;

  const Parts parts_;
  const DevicePluginOptions& options_;
  Retention retention_;
  std::optional<std::chrono::steady_clock::time_point> first_answer_;
  bool loaded_ = false;
  bool swept_ = false;     // tried
  bool freed_ = true;      // memory, since it was given back; reading the machine frees some
  // One each, because what goes well elsewhere does not make it news again.
  FailureLog load_failures_{"grants cannot be read"};
  FailureLog save_failures_{"grants cannot be recorded"};
  FailureLog removal_failures_{"ended grants cannot be removed"};
  FailureLog failures_{"holders and grants cannot be compared"};
};

}  // namespace nacelle
