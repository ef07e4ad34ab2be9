// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <stop_token>
#include <string>
#include <tuple>

#include "core/json/value.h"
#include "core/kube/api_client.h"
#include "operator/control/write_log.h"
#include "operator/plan/event.h"

namespace nacelle {

// What an event is about: an object that is in no namespace.
struct Regarding {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string uid;
  std::int64_t generation = 0;  // where that is what events are about
};

// Writes events (events.k8s.io/v1), each reason of the same object at most once in ten
// minutes. One thread.
class EventWriter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `identity` is this replica's.
  EventWriter(ApiClient& api, WriteLog& log, std::string identity);

  // Once, whether it arrives or not: what it says is in the object's status, too.
  // `now` is RFC 3339, and `at` the same by another clock.
  void Write(const Regarding& regarding, const std::string& action, const Event& event, const std::string& now, Time at,
             const std::stop_token& stop);

 private:
  using Said = std::tuple<std::string, std::int64_t, std::string>;  // uid, generation, reason

  bool IsTold(Said said, Time at);

  ApiClient& api_;
  WriteLog& log_;
  const std::string identity_;
  std::map<Said, Time> told_;
};

}  // namespace nacelle
