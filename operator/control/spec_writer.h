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
#include "operator/control/cluster_state.h"
#include "operator/control/write_log.h"
#include "operator/plan/plan.h"

namespace nacelle {

struct SpecWriterOptions {
  // A spec that the API server refuses is tried again after so long, twice as long each
  // time, at most `most`, or `most_without_answer` where the server has not decided; at
  // once when it is to be another, or what the object says has changed.
  std::chrono::milliseconds first{10'000};
  std::chrono::milliseconds most{300'000};
  std::chrono::milliseconds most_without_answer{30'000};
  // After so many tries without an answer in a row, and none of them seen to have come
  // through, a spec is taken as not written.
  int tries_in_doubt = 3;
};

// Makes the specs of NodeAccelerators as the plan says, and knows those that are not as
// they were written. What a person has set stays. One thread.
class SpecWriter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  SpecWriter(ApiClient& api, ClusterState& state, WriteLog& log, std::function<bool()> leads, const SpecWriterOptions& options);

  // What could not be brought to nodes, for the plan: as long as their objects say what
  // they said then.
  std::map<std::string, UnwrittenSpec> Unwritten(const ClusterView& view, Time now);
  // False when something could not be written: the next plan goes on without it.
  bool Write(const ClusterView& view, const Plan& plan, Time now, const std::stop_token& stop);
  // How long the first of those waits that are to be tried again later; absent: there are none.
  std::optional<std::chrono::milliseconds> DueIn(Time now) const;

 private:
  struct Tried {
    crd::NodeSpec wanted;
    std::string uid;      // of the object
    crd::NodeSpec found;  // what the object said after the try
    std::string reason;
    std::optional<Time> again;  // absent: the same again would change nothing
    std::chrono::milliseconds gap{0};
    int unanswered = 0;  // tries in a row, of a node that was not unready
  };

  // The object's spec as it then is.
  Result<crd::NodeSpec> ApplyOne(const std::string& name, const crd::NodeSpec& spec, json::Object meta, const std::stop_token& stop);
  bool WriteOne(const ClusterView& view, const Plan& plan, const std::string& name, Time now, const std::stop_token& stop);
  void NoteForLater(const std::string& name, Tried tried, Code code, Time now);

  ApiClient& api_;
  ClusterState& state_;
  WriteLog& log_;
  const std::function<bool()> leads_;
  const SpecWriterOptions options_;
  std::map<std::string, Tried> tried_;  // and not brought there, by node
};

}  // namespace nacelle
