// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "core/kube/api_client.h"
#include "operator/control/cluster_state.h"
#include "operator/control/event_writer.h"
#include "operator/control/write_log.h"
#include "operator/plan/plan.h"

namespace nacelle {

struct NodeMarksOptions {
  bool labels = false;  // whether nodes are labelled with what their offers can still give
  // Between two rounds in which labels are written, so that a node whose offers
  // change all the time is written seldom.
  std::chrono::milliseconds label_gap{5'000};
  std::size_t labels_a_round = 200;  // what is more waits for the next one
  // A node whose labels the API server refuses is not tried again before.
  std::chrono::milliseconds refused_gap{300'000};
};

// What Node objects show of their accelerators: labels and events. One thread.
class NodeMarks {
 public:
  using Time = std::chrono::steady_clock::time_point;

  NodeMarks(ApiClient& api, EventWriter& events, WriteLog& log, std::function<bool()> leads, const NodeMarksOptions& options);

  // False when something could not be written that is to be tried again.
  bool WriteLabels(const ClusterView& view, const Plan& plan, Time now, const std::stop_token& stop);
  // How long labels wait that are to be written; absent: there are none.
  std::optional<std::chrono::milliseconds> LabelsDueIn(Time now) const;

  // Of what has changed since the last call; of the first call, nothing.
  void WriteEvents(const ClusterView& view, Time now, const std::stop_token& stop);
  // Another replica leads: what was known is no longer so.
  void Forget();

 private:
  Time NextLabels(std::size_t nodes) const;
  void WriteEventsOf(const ClusterView& view, const std::string& name, const NodeObjectState& before, const NodeObjectState& after,
                     Time now, const std::stop_token& stop);

  ApiClient& api_;
  EventWriter& events_;
  WriteLog& log_;
  const std::function<bool()> leads_;
  const NodeMarksOptions options_;
  std::optional<Time> labels_due_;
  Time labelled_at_{};
  std::map<std::string, Time> refused_;  // until when, by node
  std::optional<std::map<std::string, NodeObjectState>> seen_;
};

}  // namespace nacelle
