// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "core/base/result.h"
#include "core/kube/api_client.h"
#include "core/metrics/metrics.h"
#include "operator/control/class_writer.h"
#include "operator/control/cluster_state.h"
#include "operator/control/event_writer.h"
#include "operator/control/node_marks.h"
#include "operator/control/spec_writer.h"
#include "operator/control/write_log.h"
#include "operator/plan/plan.h"

namespace nacelle {

struct ReconcilerOptions {
  // Of this replica, for the events that it writes.
  std::string identity{kOperatorName};
  int max_unavailable_percent = 10;
  // Many changes are one plan.
  std::chrono::milliseconds gather{200};
  // How often it is looked without any change.
  std::chrono::milliseconds look_anyway{30'000};
  // Between two writes of the status of the same policy, whose nodes may come and go.
  std::chrono::milliseconds status_gap{1'000};
  NodeMarksOptions marks;
  SpecWriterOptions specs;
  ClassWriterOptions classes;
};

// Makes the cluster as the plan says, whenever something has changed and we
// lead: node specs, policies' statuses and events, device classes, what Node objects
// show. Running twice changes nothing.
class Reconciler {
 public:
  Reconciler(ApiClient& api, ClusterState& state, std::function<bool()> leads, Metrics& metrics, const ReconcilerOptions& options);

  Status Run(const std::stop_token& stop);

  // One look: false when something could not be written.
  bool Step(const std::stop_token& stop);

 private:
  void ShowPolicies(const ClusterView& view, const Plan& plan);
  bool WriteStatuses(const ClusterView& view, const Plan& plan, SpecWriter::Time now, const std::stop_token& stop);
  bool WriteStatus(const ClusterView& view, const std::string& name, const crd::PolicyStatus& status, SpecWriter::Time now,
                   const std::stop_token& stop);
  // How long nothing is due without any change.
  std::chrono::milliseconds Rest(SpecWriter::Time now) const;

  ApiClient& api_;
  ClusterState& state_;
  const std::function<bool()> leads_;
  Metrics& metrics_;
  const ReconcilerOptions options_;
  WriteLog log_;
  EventWriter events_;
  NodeMarks marks_;
  SpecWriter specs_;
  ClassWriter classes_;
  std::map<std::string, SpecWriter::Time> statuses_;  // when they were last written, by policy
  std::optional<SpecWriter::Time> status_due_;        // when the first of those that wait is
};

}  // namespace nacelle
