// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "core/json/value.h"
#include "core/kube/api_client.h"
#include "operator/control/write_log.h"
#include "operator/plan/plan.h"

namespace nacelle {

struct ClassWriterOptions {
  // A class that the API server refuses is tried again after so long, twice as long
  // each time, at most `most`; at once when it is to be another, or has changed.
  std::chrono::milliseconds first{10'000};
  std::chrono::milliseconds most{300'000};
};

// Makes the DeviceClasses of offers through dra as the plan says. One thread.
class ClassWriter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  ClassWriter(ApiClient& api, WriteLog& log, std::function<bool()> leads, const ClassWriterOptions& options);

  // False when something could not be written that is to be tried again at once.
  bool Write(const ClusterView& view, const Plan& plan, Time now, const std::stop_token& stop);
  // How long the first of those waits that were refused, or written without an owner;
  // absent: there are none.
  std::optional<std::chrono::milliseconds> DueIn(Time now) const;
  // Why the API server refuses a class, by its name.
  std::map<std::string, std::string> Refused() const;

 private:
  // What was applied, and what the API server then had.
  struct Tried {
    std::string wanted;
    ClassState found;
    std::string refusal = {};  // empty: it was taken
    std::optional<Time> again = std::nullopt;  // when it is tried again: refused, or without an owner
    std::chrono::milliseconds gap{0};
  };

  bool IsDue(const std::string& name, const std::string& wanted, const ClassState& found, Time now) const;
  bool WriteOne(const std::string& name, const std::string& wanted, const ClassState& found, Time now, const std::stop_token& stop);
  Result<json::Value> ApplyOne(const std::string& name, const std::string& wanted, json::Array owners, const std::stop_token& stop);
  void NoteForLater(const std::string& name, Tried tried, Time now);

  ApiClient& api_;
  WriteLog& log_;
  const std::function<bool()> leads_;
  const ClassWriterOptions options_;
  std::map<std::string, Tried> tried_;
};

}  // namespace nacelle
